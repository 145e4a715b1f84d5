// A version of a model and rows with known truth in, what it measures there out.

import { Command } from 'commander'
import type { EvaluateResult } from '../training/index.ts'
import type { CliContext } from './cli-context.ts'
import { exitCodes } from './exit-code.ts'
import { jsonText } from './json-text.ts'
import { countText } from './number-text.ts'
import { textTable } from './text-table.ts'

type EvaluateCommandOptions = {
  readonly version?: string
  readonly data?: string
  readonly report?: string
  readonly json?: boolean
}

const examples = `
Without --data the rows are those that training held out. Drift compares the rows with those that were trained on.
Exit code: 0 the accuracy reaches the floor of training.json, 1 it does not, 2 bad input.

Examples:
  tfjs-serving evaluate models/churn_predictor_v2
  tfjs-serving evaluate models/churn_predictor_v2 --version 2.1.0 --report report.html
  tfjs-serving evaluate models/churn_predictor_v2 --data march.csv --json
`

export function defineEvaluateCommand(context: CliContext): Command {
  return new Command('evaluate')
    .description('measure a version of a model on rows with known truth')
    .argument('<modelDir>', 'folder of the model, with training.json')
    .option('--version <version>', 'version or alias (default: the production version)')
    .option('--data <file>', 'CSV with the columns of the training data')
    .option('--report <file>', 'write an HTML page with plots')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (modelDir: string, { json, ...options }: EvaluateCommandOptions) => {
      const { evaluateModel } = await import('../training/index.ts')
      const result = await evaluateModel(modelDir, { ...options, signal: context.signal })
      await context.stdout.write(json === true ? jsonText(result) : resultText(result))
      if (!result.passed) context.finish(exitCodes.checkFailed)
    })
}

function resultText({ name, version, data, measures, rule, accuracyFloor, passed, drift }: EvaluateResult): string {
  const share = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(4))
  const beside = rule.measures.measures
  const rows = Object.entries(measures.measures).map(([measure, { value, interval }]) => [
    measure,
    share(value),
    `${share(interval[0])} to ${share(interval[1])}`,
    share(beside[measure as keyof typeof beside].value),
  ])
  const moved = drift.map(({ feature, psi, distance, p }) => [
    feature,
    psi.toFixed(4),
    distance.toFixed(4),
    p.toExponential(1),
  ])
  return [
    `${name} ${version} on ${countText(measures.rowCount)} rows of ${data}\n\n`,
    textTable({ header: ['measure', 'value', '95 %', rule.name], rows, right: [1, 3], indent: '  ' }),
    `\n${textTable({ header: ['feature', 'PSI', 'KS', 'p (Holm)'], rows: moved, right: [1, 2, 3], indent: '  ' })}`,
    `\naccuracy ${passed ? 'reaches' : 'misses'} the floor of ${accuracyFloor}\n`,
  ].join('')
}
