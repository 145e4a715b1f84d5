// A model folder and a version in; that version in production, and a line or JSON about it, out.

import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { jsonText } from './json-text.ts'

const examples = `
Verifies the files of the version, its state (staging, or deprecated to promote it again) and the accuracy floor of
service.json, then names it there as production: a registry that watches the folder serves it from then on.
Exit code: 0 promoted or in production already, 1 its accuracy is below the floor, 2 refused for another reason; a
refusal changes nothing.

Examples:
  tfjs-serving promote models/lead_scorer_v2 2.1.0
  tfjs-serving promote models/lead_scorer_v2 2.1.0 --reason "all gates passed"
  tfjs-serving history models/lead_scorer_v2
`

type PromoteOptions = { readonly reason?: string; readonly json?: boolean }

export function definePromoteCommand({ stdout, signal }: CliContext): Command {
  return new Command('promote')
    .description('put a version of a model in production')
    .argument('<dir>', 'folder of the model, which has versions/ and service.json')
    .argument('<version>', 'version in staging, or one that was in production before')
    .option('--reason <text>', 'why, for the history')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (modelDir: string, version: string, { reason, json }: PromoteOptions) => {
      const { openModelStore } = await import('../training/store/model-store.ts')
      const store = await openModelStore(modelDir)
      const previous = await store.production()
      signal.throwIfAborted()
      await store.promote(version, reason === undefined ? {} : { reason })
      if (json === true) return stdout.write(jsonText({ version, previous: previous ?? null }))
      const before = previous === undefined ? 'the first one' : `before: ${previous}`
      await stdout.write(
        previous === version ? `${version} is in production already\n` : `${version} is in production (${before})\n`,
      )
    })
}
