// Rows of one predictBatch for a model that a kernel computes in this thread in; one entry a row, in blocks and without a promise each, out.

import { createError, isMLError, type MLError } from '../errors.ts'
import { isHeard } from '../observe/channels.ts'
import { timeoutError } from '../resilience/deadline.ts'
import { type Prediction, predictionOf, type Row } from '../rows/prediction.ts'
import type { DirectEngine } from './direct-predict.ts'
import type { PredictOptions } from './options.ts'
import type { ModelPredictorOptions } from './predictor-options.ts'

/** Rows between two looks at the clock. */
const blockRows = 256

/** After so long others get a turn of the event loop. */
const turnMs = 4

export type DirectBatch = {
  readonly engine: DirectEngine
  readonly rows: readonly Row[]
  readonly options: PredictOptions
  /** Asks for one row by the stages, which tell whose failure it is, count it, and let a rule answer. */
  readonly predictOne: (index: number) => Promise<Prediction>
  /** Throws where the predictor was closed meanwhile. */
  readonly assertOpen: () => void
}

type Entries = (Prediction | MLError)[]

/** @throws `signal.reason`; CLOSED */
export async function predictDirectly(
  { name, platform, publish }: Pick<ModelPredictorOptions, 'name' | 'platform' | 'publish'>,
  { engine, rows, options, predictOne, assertOpen }: DirectBatch,
): Promise<Entries> {
  const { clock, defer } = platform
  const { direct, reader, stats } = engine
  const { signal, timeoutMs = Infinity, strict, requestId } = options
  const entries: Entries = new Array<Prediction | MLError>(rows.length)
  const matrix = new Float64Array(Math.min(blockRows, rows.length) * reader.width)
  const places = new Int32Array(blockRows)
  const origin = engine.origin('model')
  const startedAtMs = clock.now()
  let turnEndsAtMs = startedAtMs + turnMs

  const tell = (outcome: { readonly source: 'model' } | { readonly code: MLError['code'] }): void => {
    if (!isHeard(publish, 'prediction')) return
    const latencyMs = clock.now() - startedAtMs
    publish('prediction', {
      model: name,
      version: engine.version,
      latencyMs,
      ...(requestId !== undefined && { requestId }),
      ...outcome,
    })
  }

  function fail(index: number, error: MLError): void {
    entries[index] = error
    stats.recordError(error.code)
    tell({ code: error.code })
  }

  /** Reads rows from `from` on; those that can be read stand in `matrix`, and where they came from in `places`. */
  function read(from: number, to: number): { readonly count: number; readonly failed: number[] } {
    let count = 0
    const failed: number[] = []
    for (let index = from; index < to; index++)
      try {
        reader.read(rows[index], matrix, count * reader.width, {
          rowIndex: index,
          ...(strict !== undefined && { strict }),
        })
        places[count++] = index
      } catch {
        failed.push(index)
      }
    return { count, failed }
  }

  for (let from = 0; from < rows.length; from += blockRows) {
    const to = Math.min(from + blockRows, rows.length)
    signal?.throwIfAborted()
    assertOpen()
    if (engine.isClosed) throw createError('CLOSED', `${name}@${engine.version} was closed`)
    if (clock.now() - startedAtMs >= timeoutMs) {
      for (let index = from; index < rows.length; index++) fail(index, timeoutError(name, timeoutMs))
      return entries
    }
    const { count, failed } = read(from, to)
    if (engine.breaker.isUntroubled && count > 0) {
      const results = direct.answerRows(matrix, count)
      let answered = 0
      for (let i = 0; i < count; i++) {
        const result = results[i]
        if (isMLError(result)) failed.push(places[i])
        else {
          entries[places[i]] = predictionOf(origin, result)
          answered++
          tell({ source: 'model' })
        }
      }
      const nowMs = clock.now()
      if (answered > 0) stats.recordAnswers(answered, 'model', nowMs - startedAtMs, nowMs)
    } else for (let i = 0; i < count; i++) failed.push(places[i])
    if (failed.length > 0) await Promise.all(failed.map(askStages))
    if (to < rows.length && clock.now() >= turnEndsAtMs) {
      await new Promise<void>((resolve) => defer(resolve))
      turnEndsAtMs = clock.now() + turnMs
    }
  }
  return entries

  async function askStages(index: number): Promise<void> {
    try {
      entries[index] = await predictOne(index)
    } catch (error) {
      if (!isMLError(error) || error.code === 'CLOSED') throw error
      entries[index] = error
    }
  }
}
