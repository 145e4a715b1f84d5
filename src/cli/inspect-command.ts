// A source file or a converted model in, what it holds and whether it can be converted out.

import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { jsonText } from './json-text.ts'
import { writePage } from './write-page.ts'

const examples = `
Of a model file: its steps as a tree, each with the columns that go in and come out, its features, and the tables that it
becomes. Of a converted model: its features, tensors and TensorFlow.js graph. Nothing in the file is run: a pickle is read as data.

Examples:
  tfjs-serving inspect model.joblib
  tfjs-serving inspect artifacts/churn --json
  tfjs-serving inspect artifacts/churn --svg graph.svg
`

export function defineInspectCommand({ stdout, signal }: CliContext): Command {
  return new Command('inspect')
    .description('tell what a model file or a converted model holds')
    .argument('<path>', 'model file, or folder that convert has written')
    .option('--svg <file>', 'draw the graph as an SVG picture too')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (path: string, { json, svg }: { readonly json?: boolean; readonly svg?: string }) => {
      const { inspectModel, printInspection, renderGraph } = await import('../../converters/index.ts')
      const inspection = await inspectModel(path)
      signal.throwIfAborted()
      if (svg !== undefined) await writePage('--svg', svg, renderGraph(inspection))
      await stdout.write(json === true ? jsonText(inspection) : `${printInspection(inspection)}\n`)
    })
}
