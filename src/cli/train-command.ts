// The folder of a model in; a trained, judged and registered version of it, and what it measured, out.

import { Command } from 'commander'
import type { TrainResult } from '../training/index.ts'
import type { CliContext } from './cli-context.ts'
import { exitCodes } from './exit-code.ts'
import { jsonText } from './json-text.ts'
import { countText, millisecondsText } from './number-text.ts'
import { createProgress } from './progress.ts'
import { textTable } from './text-table.ts'

type TrainCommandOptions = {
  readonly version?: string
  readonly promote?: boolean
  readonly out?: string
  readonly python?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

const examples = `
The folder has training.json (data, split, trainer, decision, gates), service.json, the data and, for the Python trainer,
train.py. Python packages are installed once, into an environment in the user's cache folder.
Written: the version in versions/, with its lineage; the source model, heldout.json, card.md, calibration.svg, report.html.
Where a gate is missed and another version is in production, only the version and report.html: the rest stays that version's.
Exit code: 0 every gate passed, 1 a gate missed (the version is registered as development), 2 bad input, 130 interrupted.
training.json and train.py in full: docs/training.md

Examples:
  tfjs-serving train models/churn_predictor_v2
  tfjs-serving train models/churn_predictor_v2 --version 2.1.0 --promote
  tfjs-serving train models/churn_predictor_v2 --out build/models --json
`

export function defineTrainCommand(context: CliContext): Command {
  return new Command('train')
    .description('train, convert, measure and register a version of a model')
    .argument('<modelDir>', 'folder of the model, with training.json')
    .option('--version <version>', 'version to make (default: the one of training.json)')
    .option('--promote', 'make it the production version where every gate passed')
    .option('--out <dir>', 'folder of models to write to (default: that of modelDir)')
    .option('--python <path>', 'interpreter to use, or to make the environment with (at least 3.11)')
    .option('--json', 'print the run as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', examples)
    .action((modelDir: string, options: TrainCommandOptions) => train(modelDir, options, context))
}

async function train(modelDir: string, options: TrainCommandOptions, context: CliContext): Promise<void> {
  const { json, quiet, ...rest } = options
  const { trainModel } = await import('../training/index.ts')
  const progress = quiet === true ? undefined : createProgress(context.stderr)
  try {
    const result = await trainModel(modelDir, {
      ...rest,
      signal: context.signal,
      onProgress: ({ fraction, message }) => progress?.report(fraction, message),
    })
    progress?.stop()
    await context.stdout.write(json === true ? jsonText(result) : resultText(result))
    if (!result.passed) context.finish(exitCodes.checkFailed)
  } finally {
    progress?.stop()
  }
}

function resultText({ record, state, version, outDir }: TrainResult): string {
  const { artifact, source, rule, bestReachable, bytes, latency } = record
  const { accuracy, rocAuc, calibrationError } = artifact.measures
  const share = (value: number): string => value.toFixed(4)
  const facts = [
    ['accuracy', `${share(accuracy.value)} (95 %: ${share(accuracy.interval[0])} to ${share(accuracy.interval[1])})`],
    ['ROC AUC', share(rocAuc.value)],
    ['calibration error', share(calibrationError.value)],
    ['source', share(source.measures.accuracy.value)],
    ...(rule === null ? [] : [[`rule ${rule.name}`, share(rule.measures.measures.accuracy.value)]]),
    ...(bestReachable === null ? [] : [['best reachable', share(bestReachable.accuracy)]]),
    ['size', `${countText(bytes.artifact)} B`],
    ['p95', millisecondsText(latency.p95Ms)],
  ]
  const gates = record.gates.map(({ name, passed, text }) => [passed ? 'passed' : 'MISSED', name, text])
  return [
    `${record.name} ${version} on ${countText(artifact.rowCount)} held-out rows, quantized\n`,
    textTable({ rows: facts, indent: '  ' }),
    `\n${textTable({ rows: gates, indent: '  ' })}`,
    `\n${version} is in ${state}, in ${outDir}\n`,
  ].join('')
}
