// A trained model's file in, a TensorFlow.js model in a folder and a report of what it cost out.

import { Command, Option } from 'commander'
import type { ConversionReport, ConvertOptions, QuantizeMode, ToleranceOption } from '../../converters/index.ts'
import { ConversionError, isMLError } from '../errors.ts'
import type { CliContext } from './cli-context.ts'
import { flagError } from './flag-error.ts'
import { createGateOptions, gateHelp, type GateOptions, takeGates } from './gate-options.ts'
import { jsonText } from './json-text.ts'
import { createProgress } from './progress.ts'
import { usageError } from './usage-error.ts'
import { preparePage, writePage } from './write-page.ts'

type ConvertCommandOptions = {
  readonly out: string
  readonly name?: string
  readonly version?: string
  readonly quantize: string
  readonly golden?: string
  readonly calibration?: string
  readonly evaluation?: string
  readonly storeGolden?: boolean
  readonly tolerance?: ToleranceOption
  readonly types: boolean
  readonly html?: string
  readonly json?: boolean
  readonly verbose?: boolean
} & GateOptions

const quantizeModes = ['none', 'float16', 'uint8', 'uint16'] as const satisfies QuantizeMode[]

const examples = `
Rows for the checks are JSON files, all optional:
  --golden       { "rows": [...], "expected": { "predict": [...], "predict_proba": [...] } }: what the source answered
  --calibration  { "rows": [...] }: real inputs, which weights are rounded for
  --evaluation   { "rows": [...], "truth": [...] }: what was right, to measure the accuracy of the source, the float32 graph
                 and the artifact; for values also "decision": { "threshold": 50 }: a value of at least 50 means yes
One file may be all three. Progress goes to stderr: a bar on a terminal, a line a stage elsewhere.

${gateHelp}
Exit code: 0 converted, 1 golden answers moved by more than the tolerance or a gate was missed, 2 wrong use or bad input.

Examples:
  tfjs-serving convert model.joblib --out models/churn/versions/1.0.0 --name churn
  tfjs-serving convert model.pkl --out artifacts/churn --golden heldout.json --evaluation heldout.json
  tfjs-serving convert model.pkl --out artifacts/churn --golden heldout.json --tolerance probability=0.02
  tfjs-serving convert model.pkl --out artifacts/churn --evaluation heldout.json --max-size 300KiB --max-accuracy-loss 0.001
  tfjs-serving convert model.pkl --out artifacts/churn --quantize none --json > report.json
`

export function defineConvertCommand(context: CliContext): Command {
  const command = new Command('convert')
    .description('convert a trained model to a TensorFlow.js graph model')
    .argument(
      '<file>',
      'model of scikit-learn (.pkl, .joblib, .skops), XGBoost (JSON, UBJSON), LightGBM (text), CatBoost (JSON), model.json of a tf.LayersModel, or a folder that holds one',
    )
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--name <name>', 'name of the model (default: from the file name)')
    .option('--version <version>', 'version of the model (default: 1.0.0)')
    .addOption(new Option('--quantize <mode>', 'how small weights become').choices(quantizeModes).default('uint8'))
    .option('--golden <file>', 'rows with the answers of the source, to be compared')
    .option('--calibration <file>', 'rows to round weights for')
    .option('--evaluation <file>', 'rows with known truth, to measure accuracy')
    .option('--store-golden', 'keep golden rows in the artifact; they may hold personal data')
    .option(
      '--tolerance <part=number,...>',
      'largest differences from golden answers, by part: probability, score, value, vector',
      parseTolerance,
    )
  for (const option of createGateOptions()) command.addOption(option)
  return command
    .option('--no-types', 'leave out features.d.ts, the types of rows and predictions')
    .option('--html <file>', 'write the report as one HTML page too, also of what is refused')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', examples)
    .action((file: string, options: ConvertCommandOptions) => convert(file, options, context))
}

async function convert(file: string, options: ConvertCommandOptions, context: CliContext): Promise<void> {
  const { gates, others } = takeGates(options)
  const { out: outDir, html, json, quantize, verbose: _verbose, ...rest } = others
  if (outDir === '') throw usageError("--out: expected the path of a folder, got ''")
  if (html !== undefined) await preparePage('--html', html)
  const { convertModel, printReport, renderReport } = await import('../../converters/index.ts')
  const { assertNoForeignModel, writeArtifactFiles } = await import('../../converters/convert/source-files.ts')
  const { nodeSha256 } = await import('../runtime/node-hash.ts')
  const progress = createProgress(context.stderr)
  const publish = async (report: ConversionReport): Promise<void> => {
    await context.stdout.write(json === true ? jsonText(report) : `${printReport(report)}\n`)
    if (html !== undefined) await writePage('--html', html, renderReport(report))
  }
  const convertOptions: ConvertOptions = {
    ...rest,
    quantize: quantize as QuantizeMode,
    gates,
    signal: context.signal,
    hash: nodeSha256,
    onProgress: ({ fraction, message }) => progress.report(fraction, message),
  }
  try {
    // before long work, too: what it gives would have no place to go
    await assertNoForeignModel(outDir)
    const { report, files } = await context.endable(() => convertModel(file, convertOptions))
    progress.stop()
    context.signal.throwIfAborted()
    await writeArtifactFiles(outDir, files)
    await context.stderr.write(`written to ${outDir}\n`)
    await publish(report)
  } catch (error) {
    progress.stop()
    const report = isMLError(error) ? error.details['report'] : undefined
    if (report !== undefined) await publish(report as ConversionReport)
    else if (html !== undefined && error instanceof ConversionError) await writeRefusal(file, html, error)
    throw flagError(error)
  } finally {
    progress.stop()
  }
}

/** A page of what could be read and why it is not enough; none for a source that cannot be read at all. */
async function writeRefusal(file: string, html: string, error: ConversionError): Promise<void> {
  const { inspectModel, renderRefusal } = await import('../../converters/index.ts')
  const inspection = await inspectModel(file).catch((failure: unknown) => {
    if (isMLError(failure)) return undefined
    throw failure
  })
  if (inspection?.kind === 'source') await writePage('--html', html, renderRefusal(inspection, [error.toJSON()]))
}

/** `probability=0.02,value=1`; the parts are checked where the other options are. */
function parseTolerance(text: string): ToleranceOption {
  return Object.fromEntries(
    text.split(',').map((entry) => {
      const match = /^\s*(\w+)\s*=\s*([\d.eE+-]+)\s*$/.exec(entry)
      const value = Number(match?.[2])
      if (match === null || Number.isNaN(value))
        throw usageError(`--tolerance: expected part=number such as probability=0.02, got '${entry}'`)
      return [match[1], value]
    }),
  )
}
