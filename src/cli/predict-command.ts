// A converted model and a file of rows in, one JSON line a row, in order, out.

import { Command, Option } from 'commander'
import { createError, isMLError, type MLError } from '../errors.ts'
import type { Explanation } from '../explain/explanation.ts'
import type { Prediction } from '../rows/prediction.ts'
import type { loadModel } from '../runtime/load-model.ts'
import type { BackendChoice } from '../runtime/options.ts'
import type { ModelPredictor } from '../runtime/predictor.ts'
import type { CliContext } from './cli-context.ts'
import { exitCodes } from './exit-code.ts'
import { openRows } from './input/open-rows.ts'
import { type RowFormat, rowFormats } from './input/row-format.ts'
import type { RowItem, RowItems } from './input/row-item.ts'
import { countText } from './number-text.ts'
import { parseCount, usageError } from './usage-error.ts'

type PredictCommandOptions = {
  readonly input: string
  readonly backend: string
  readonly batch: number
  readonly format?: string
  readonly strict?: boolean
  readonly explain?: boolean
}

/** One line of the output, where it is no error. */
type Answered = Prediction & { readonly explanation?: Explanation }

export type PredictedCounts = { readonly rowCount: number; readonly errorCount: number }

const backendNames = ['auto', 'kernel', 'cuda', 'webgpu', 'native', 'wasm', 'cpu'] as const satisfies BackendChoice[]

/** Rows that are read, predicted and written together: one run of the model. */
const defaultBatchRows = 1024

const examples = `
Every row becomes one line, in the order of the input: a prediction, or {"error":{"code","message"}}.
Rows are read as they come, so that a file may be larger than the memory (a .json file is read whole).
With --explain each line has an explanation: { method, output, base, margin, contributions }, where base and the features'
contributions add up to the margin, the model's raw output (log-odds of a boosted classifier, the value of a regressor).
Exit code: 0 when every row was answered, 1 when some rows have an error, 2 when nothing could be answered.

Rows:
  .json            an array of rows, { "rows": [...] }, or one row as an object
  .jsonl, .ndjson  one row a line; blank lines are skipped
  .csv             a first line with the names of the columns; an empty cell is a missing value, and so is NaN or NA of a number;
                   True and False are taken where the model has numbers, as pandas writes columns of yes and no

Examples:
  tfjs-serving predict artifacts/churn --input customers.csv > answers.jsonl
  tfjs-serving predict artifacts/churn --input rows.json --backend cpu
  tfjs-serving predict artifacts/churn --input customers.csv --explain > reasons.jsonl
  cat rows.jsonl | tfjs-serving predict artifacts/churn --input - --format jsonl
`

export function definePredictCommand(context: CliContext): Command {
  return new Command('predict')
    .description('predict every row of a file with a converted model')
    .argument('<dir>', 'folder that convert has written')
    .requiredOption('--input <file>', 'file of rows, or - for stdin')
    .addOption(
      new Option('--format <format>', 'format of the rows (default: by the file name, else by its beginning)').choices(
        rowFormats,
      ),
    )
    .addOption(new Option('--backend <name>', 'what runs the model').choices(backendNames).default('auto'))
    .option('--batch <rows>', 'rows of one model run', parseCount('--batch'), defaultBatchRows)
    .option('--strict', 'refuse rows with names that the model does not have')
    .option('--explain', 'say with each prediction what every feature adds to it')
    .option('--json', 'one JSON line a row; this is so without it, too')
    .addHelpText('after', examples)
    .action(async (dir: string, options: PredictCommandOptions) => {
      const { loadModel } = await import('../runtime/load-model.ts')
      const { closeBackends } = await import('../runtime/process-candidates.ts')
      try {
        await predictWith(loadModel, { dir, options, context })
      } finally {
        await closeBackends()
      }
    })
}

type Call = { readonly dir: string; readonly options: PredictCommandOptions; readonly context: CliContext }

async function predictWith(load: typeof loadModel, { dir, options, context }: Call): Promise<void> {
  const { batch: maxRows, backend } = options
  const model = await load(dir, {
    backend: backend as BackendChoice,
    batching: { maxRows, maxQueuedRows: Math.max(maxRows, defaultBatchRows) },
    // each row is asked for once
    caching: false,
  })
  try {
    const { rowCount, errorCount } = await predictFile(model, options, context)
    const errors = errorCount === 0 ? '' : `, ${countText(errorCount)} of them errors`
    await context.stderr.write(`${countText(rowCount)} ${rowCount === 1 ? 'row' : 'rows'}${errors}\n`)
    context.finish(errorCount === 0 ? exitCodes.done : exitCodes.checkFailed)
  } finally {
    await model.close()
  }
}

async function predictFile(
  model: ModelPredictor,
  { input, format, batch, strict, explain }: PredictCommandOptions,
  { stdin, stdout, signal }: CliContext,
): Promise<PredictedCounts> {
  const { schema } = model
  if (schema === undefined) throw usageError('the model has no schema')
  const items = await openRows(input, {
    schema,
    stdin,
    signal,
    format: format as RowFormat | undefined,
    isStrict: strict,
  })
  let rowCount = 0
  let errorCount = 0
  for await (const slice of slices(items, batch)) {
    const entries = await Promise.all(slice.map((item) => answer(item, model, { strict, explain })))
    rowCount += entries.length
    for (const entry of entries) if (isMLError(entry)) errorCount++
    // between slices only: one takes milliseconds, and a listener a row would cost more than the row
    signal.throwIfAborted()
    await stdout.write(entries.map(jsonLine).join(''))
  }
  return { rowCount, errorCount }
}

async function* slices(items: RowItems, rowCount: number): AsyncGenerator<RowItem[]> {
  let slice: RowItem[] = []
  for await (const item of items) {
    slice.push(item)
    if (slice.length < rowCount) continue
    yield slice
    slice = []
  }
  if (slice.length > 0) yield slice
}

async function answer(
  item: RowItem,
  model: ModelPredictor,
  { strict, explain }: Pick<PredictCommandOptions, 'strict' | 'explain'>,
): Promise<Answered | MLError> {
  if (item.kind === 'error') return item.error
  try {
    const prediction = await model.predict(item.row, { strict })
    return explain === true
      ? { ...prediction, explanation: await model.explain(item.row, { ...(strict && { strict }) }) }
      : prediction
  } catch (error) {
    if (!isMLError(error) || error.code === 'CLOSED') throw error
    return withPlace(error, item.place)
  }
}

/** What is wrong with a row says where it stands; what is wrong with the model is the same for all rows. */
function withPlace(error: MLError, place: string): MLError {
  if (error.code !== 'INPUT_INVALID') return error
  return createError(error.code, `${place}: ${error.message}`, { cause: error, details: error.details })
}

function jsonLine(entry: Answered | MLError): string {
  return `${JSON.stringify(isMLError(entry) ? { error: entry.toJSON() } : entry)}\n`
}
