// The converters' own tables of estimators, boosters and layers in, a list for people or JSON out.

import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { jsonText } from './json-text.ts'
import { textTable } from './text-table.ts'

const examples = `
Examples:
  tfjs-serving supported
  tfjs-serving supported --json
`

export function defineSupportedCommand({ stdout }: CliContext): Command {
  return new Command('supported')
    .description('list the estimators, boosters and layers that can be converted')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { supportedEstimators } = await import('../../converters/frontends/sklearn/estimator-table.ts')
      const { supportedLayers } = await import('../../converters/frontends/layers/layer-table.ts')
      const { supportedBoosters } = await import('../../converters/frontends/boosters/booster-table.ts')
      const estimators = supportedEstimators()
      const layers = supportedLayers()
      const boosters = supportedBoosters()
      if (json === true) return stdout.write(jsonText([...estimators, ...boosters, ...layers]))
      const tables = [
        tableOf('scikit-learn', estimators),
        tableOf('booster', boosters),
        tableOf('TensorFlow.js layer', layers),
      ]
      await stdout.write(tables.join('\n'))
    })
}

type Supported = { readonly name: string; readonly role: string; readonly versions: string; readonly notes: string }

function tableOf(title: string, entries: readonly Supported[]): string {
  const rows = entries.map(({ name, role, versions, notes }) => [name, role, versions, notes])
  return textTable({ header: [title, 'role', 'versions', 'what of it'], rows })
}
