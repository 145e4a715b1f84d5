// The converters' own table of estimators in, a list for people or JSON out.

import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { textTable } from './text-table.ts'

const examples = `
Examples:
  tfjs-serving supported
  tfjs-serving supported --json
`

export function defineSupportedCommand({ stdout }: CliContext): Command {
  return new Command('supported')
    .description('list the estimators that can be converted')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { supportedEstimators } = await import('../../converters/frontends/sklearn/estimator-table.ts')
      const estimators = supportedEstimators()
      if (json === true) return stdout.write(`${JSON.stringify(estimators, null, 2)}\n`)
      const rows = estimators.map(({ name, role, versions, notes }) => [name, role, versions, notes])
      await stdout.write(textTable({ header: ['scikit-learn', 'role', 'versions', 'what of it'], rows }))
    })
}
