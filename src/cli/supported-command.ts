// The converters' own tables of frameworks, estimators, boosters and layers in, a list for people or JSON out.

import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { jsonText } from './json-text.ts'
import { textTable } from './text-table.ts'

const examples = `
Tested with means: committed answers of that version's own are what the converted models are held to.

Examples:
  tfjs-serving supported
  tfjs-serving supported --json
`

export function defineSupportedCommand({ stdout }: CliContext): Command {
  return new Command('supported')
    .description('list the frameworks, estimators, boosters and layers that can be converted')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { supportedEstimators } = await import('../../converters/frontends/sklearn/estimator-table.ts')
      const { supportedLayers } = await import('../../converters/frontends/layers/layer-table.ts')
      const { supportedBoosters } = await import('../../converters/frontends/boosters/booster-table.ts')
      const { frameworkOf, frameworks } = await import('../../converters/frontends/tested-versions.ts')
      const groups = [
        { title: 'estimator', entries: supportedEstimators() },
        { title: 'booster', entries: supportedBoosters() },
        { title: 'layer', entries: supportedLayers() },
      ]
      const all = groups.flatMap(({ entries }): readonly Supported[] => entries)
      if (json === true)
        return stdout.write(
          jsonText(
            all.map((entry) => ({ ...entry, framework: frameworkOf(entry).name, tested: frameworkOf(entry).tested })),
          ),
        )
      const used = new Set(all.map((entry) => frameworkOf(entry).name))
      const tables = [
        textTable({
          header: ['framework', 'tested with', 'files'],
          rows: frameworks
            .filter(({ name }) => used.has(name))
            .map(({ name, tested, files }) => [name, tested.join(', '), files]),
        }),
        ...groups.map(({ title, entries }) => tableOf(title, entries)),
      ]
      await stdout.write(tables.join('\n'))
    })
}

type Supported = { readonly name: string; readonly role: string; readonly versions: string; readonly notes: string }

function tableOf(title: string, entries: readonly Supported[]): string {
  const rows = entries.map(({ name, role, versions, notes }) => [name, role, versions, notes])
  return textTable({ header: [title, 'role', 'versions', 'what of it'], rows })
}
