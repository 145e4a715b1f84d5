// A model folder in; the version that was in production before in production again, and a line or JSON about it, out.

import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { jsonText } from './json-text.ts'

const examples = `
Leads back to the version that was in production before by the history, whatever their numbers; another rollback leads
further back. A version that was rolled back from comes again only by promoting it.
Exit code: 0 rolled back, 1 the accuracy of that version is below the floor, 2 refused for another reason; a refusal
changes nothing.

Examples:
  tfjs-serving rollback models/lead_scorer_v2
  tfjs-serving rollback models/lead_scorer_v2 --reason "too many hot leads"
`

type RollbackOptions = { readonly reason?: string; readonly json?: boolean }

export function defineRollbackCommand({ stdout, signal }: CliContext): Command {
  return new Command('rollback')
    .description('put the version that was in production before back there')
    .argument('<dir>', 'folder of the model, which has versions/ and service.json')
    .option('--reason <text>', 'why, for the history')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (modelDir: string, { reason, json }: RollbackOptions) => {
      const { openModelStore } = await import('../training/store/model-store.ts')
      const store = await openModelStore(modelDir)
      const previous = await store.production()
      signal.throwIfAborted()
      const version = await store.rollback(reason === undefined ? {} : { reason })
      if (json === true) return stdout.write(jsonText({ version, previous: previous ?? null }))
      await stdout.write(`${version} is in production again (before: ${previous ?? 'none'})\n`)
    })
}
