// A source file or a converted model in, what it holds and whether it can be converted out.

import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { jsonText } from './json-text.ts'

const examples = `
Nothing in the file is run: a pickle is read as data.

Examples:
  tfjs-serving inspect model.joblib
  tfjs-serving inspect artifacts/churn --json
`

export function defineInspectCommand({ stdout, signal }: CliContext): Command {
  return new Command('inspect')
    .description('tell what a model file or a converted model holds')
    .argument('<path>', 'model file, or folder that convert has written')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (path: string, { json }: { readonly json?: boolean }) => {
      const { inspectModel, printInspection } = await import('../../converters/index.ts')
      const inspection = await inspectModel(path)
      signal.throwIfAborted()
      await stdout.write(json === true ? jsonText(inspection) : `${printInspection(inspection)}\n`)
    })
}
