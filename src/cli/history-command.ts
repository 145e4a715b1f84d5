// A model folder in; what happened to its versions, as a table or JSON, out.

import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { oneLine } from './error-text.ts'
import { jsonText } from './json-text.ts'
import { textTable } from './text-table.ts'

const examples = `
The state is that of today: development (a gate failed), staging (may be promoted), production, deprecated (was in
production, and may be promoted again).

Examples:
  tfjs-serving history models/lead_scorer_v2
  tfjs-serving history models/lead_scorer_v2 --json
`

export function defineHistoryCommand({ stdout, signal }: CliContext): Command {
  return new Command('history')
    .description('tell what happened to the versions of a model')
    .argument('<dir>', 'folder of the model, which has versions/ and service.json')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (modelDir: string, { json }: { readonly json?: boolean }) => {
      const { openModelStore } = await import('../training/store/model-store.ts')
      const store = await openModelStore(modelDir)
      signal.throwIfAborted()
      const history = await store.history()
      const versions = (await store.versions()).map(({ version, state, checksum }) => ({ version, state, checksum }))
      if (json === true) {
        const production = (await store.production()) ?? null
        return stdout.write(jsonText({ production, versions, history }))
      }
      if (history.length === 0) return stdout.write(`no version of ${modelDir} was registered yet\n`)
      const states = new Map(versions.map(({ version, state }) => [version, state as string]))
      const rows = history.map(({ at, action, version, reason = '' }) => [
        at.replace(/\.\d+Z$/, 'Z'),
        action,
        version === '' ? '–' : version,
        version === '' ? '–' : (states.get(version) ?? 'gone'),
        oneLine(reason),
      ])
      await stdout.write(textTable({ header: ['time', 'action', 'version', 'state', 'reason'], rows }))
    })
}
