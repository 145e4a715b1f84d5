// Rows of one predictBatch for a model that a kernel computes in this thread in; one entry a row, in blocks and without a promise each, out.

import { createError, isMLError, type MLError } from '../errors.ts'
import { isHeard } from '../observe/channels.ts'
import { timeoutError } from '../resilience/deadline.ts'
import { type Prediction, predictionOf, type Row } from '../rows/prediction.ts'
import { predictSlices } from './batch-prediction.ts'
import type { DirectEngine } from './direct-predict.ts'
import type { PredictOptions } from './options.ts'
import { predictionMessage, type RowOutcome } from './prediction-message.ts'
import type { ModelPredictorOptions } from './predictor-options.ts'
import type { RowResult } from './row-result.ts'

/** Rows between two looks at the clock, and fewer where they would take longer than a turn. */
const mostBlockRows = 256

/** After so long others get a turn of the event loop. */
const turnMs = 4

export type DirectBatch = {
  readonly engine: DirectEngine
  readonly rows: readonly Row[]
  readonly options: PredictOptions
  /** Infinity without a timeoutMs. */
  readonly deadlineAtMs: number
  /** Asks for one row by the stages, which tell whose failure it is, count it, and let a rule answer. */
  readonly predictOne: (index: number, signal: AbortSignal | undefined) => Promise<Prediction>
}

type Entries = (Prediction | MLError)[]

/** @throws `signal.reason`; CLOSED */
export async function predictDirectly(
  { name, platform, publish, log }: Pick<ModelPredictorOptions, 'name' | 'platform' | 'publish' | 'log'>,
  { engine, rows, options, deadlineAtMs, predictOne }: DirectBatch,
): Promise<Entries> {
  const { clock, defer } = platform
  const { direct, reader, stats, version } = engine
  const { signal, timeoutMs = Infinity, strict, requestId } = options
  // its owner may change the array meanwhile
  const rowCount = rows.length
  const entries: Entries = new Array<Prediction | MLError>(rowCount)
  const matrix = new Float64Array(Math.min(mostBlockRows, rowCount) * reader.width)
  const places = new Int32Array(mostBlockRows)
  const origin = engine.origin('model')
  let blockStartedAtMs = clock.now()
  let turnEndsAtMs = blockStartedAtMs + turnMs
  let blockRows = rowsOfTurn(engine.runMs)

  const tell = (outcome: RowOutcome): void => {
    if (!isHeard(publish, 'prediction')) return
    const latencyMs = clock.now() - blockStartedAtMs
    publish('prediction', predictionMessage({ model: name, version, latencyMs, requestId }, outcome))
  }

  /** One error for all: thousands of them, each with its stack, would hold up everybody. */
  function failFrom(first: number): void {
    const error = timeoutError(name, timeoutMs)
    const featureNames = engine.schema.features.map((feature) => feature.name)
    for (let index = first; index < rowCount; index++) {
      entries[index] = error
      stats.recordError(error.code)
      log?.failed({ requestId, version, rowIndex: index, row: rows[index], featureNames }, error)
      tell({ code: error.code })
    }
  }

  /** @throws what ends the call as a whole; counted for each row that is left */
  function assertGoesOn(first: number): void {
    const isAborted = signal?.aborted === true
    if (!isAborted && !engine.isClosed) return
    if (isAborted) stats.recordAbort(clock.now(), rowCount - first)
    else stats.recordError('CLOSED', clock.now(), rowCount - first)
    for (let index = first; index < rowCount; index++) tell(isAborted ? {} : { code: 'CLOSED' })
    throw isAborted ? signal.reason : createError('CLOSED', `${name}@${version} was closed`)
  }

  /** Reads rows from `from` on; those that can be read stand in `matrix`, and where they came from in `places`. */
  function read(from: number, to: number): { readonly count: number; readonly failed: number[] } {
    let count = 0
    const failed: number[] = []
    for (let index = from; index < to; index++)
      try {
        reader.read(rows[index], matrix, count * reader.width, { rowIndex: index, strict })
        places[count++] = index
      } catch {
        failed.push(index)
      }
    return { count, failed }
  }

  /** Answers what stands in `matrix`. @returns the rows that have no answer this way */
  function answer(count: number): readonly number[] {
    if (!engine.breaker.isUntroubled || count === 0) return [...places.subarray(0, count)]
    let results: readonly RowResult[]
    try {
      results = direct.answerRows(matrix, count)
    } catch {
      return [...places.subarray(0, count)]
    }
    const failed: number[] = []
    const nowMs = clock.now()
    for (let i = 0; i < count; i++) {
      const result = results[i]
      if (isMLError(result)) failed.push(places[i])
      else {
        entries[places[i]] = predictionOf(origin, result)
        tell({ source: 'model' })
      }
    }
    const answered = count - failed.length
    if (answered > 0) stats.recordAnswers(answered, 'model', nowMs - blockStartedAtMs, nowMs)
    return failed
  }

  /** The stages meet again whatever it is, and give it to whoever must know. */
  async function askStages(failed: readonly number[]): Promise<void> {
    const leftMs = Math.max(deadlineAtMs - clock.now(), Number.MIN_VALUE)
    const predictFailed = (i: number, joined: AbortSignal | undefined) => predictOne(failed[i], joined)
    const answers = await predictSlices(failed.length, predictFailed, {
      timeoutMs: deadlineAtMs === Infinity ? undefined : leftMs,
      signal,
      clock,
      model: name,
      sliceRows: engine.sliceRows,
    })
    for (let i = 0; i < failed.length; i++) entries[failed[i]] = answers[i]
  }

  for (let from = 0; from < rowCount; ) {
    assertGoesOn(from)
    blockStartedAtMs = clock.now()
    if (blockStartedAtMs >= deadlineAtMs) {
      failFrom(from)
      break
    }
    const to = Math.min(from + blockRows, rowCount)
    const { count, failed } = read(from, to)
    failed.push(...answer(count))
    blockRows = rowsOfTurn((clock.now() - blockStartedAtMs) / (to - from))
    if (failed.length > 0) await askStages(failed)
    if (to < rowCount && clock.now() >= turnEndsAtMs) {
      await new Promise<void>((resolve) => defer(resolve))
      turnEndsAtMs = clock.now() + turnMs
    }
    from = to
  }
  return entries
}

function rowsOfTurn(msPerRow: number): number {
  return Math.max(1, Math.min(mostBlockRows, Math.floor(turnMs / msPerRow)))
}
