// Matrices of rows and a model in; its value of each row out, in one array, NaN where no model answered.

import { isMLError } from '../errors.ts'
import type { CrmModelName } from '../resilience/crm-rules/model-features.ts'
import { withDeadline } from '../resilience/deadline.ts'
import type { Clock } from '../observe/clock.ts'
import type { AskedModel, FoundModel } from './model-answers.ts'

export type ModelColumn = {
  /** 0 to 1 a row; NaN where no model answered. */
  readonly values: Float64Array
  /** Version that answered; that of the last rows where it was changed meanwhile. */
  readonly version: string | null
  /** Why rows have no value: the code of the last failure. */
  readonly reason: string | undefined
  /**
   * Answers rows `from…from + rowCount − 1`, the first ones of `matrix`; at once where a kernel computes in this thread, then
   * there is no promise. Never fails for the model's sake.
   * @throws signal.reason
   */
  answer(matrix: Float64Array, from: number, rowCount: number): Promise<void> | undefined
}

export type ModelColumnOptions = {
  readonly clock: Clock
  readonly tenant: string | undefined
  readonly signal: AbortSignal | undefined
}

/** @param width of the model's rows */
export function createModelColumn(
  model: AskedModel<CrmModelName>,
  found: FoundModel,
  { values, width }: { readonly values: Float64Array; readonly width: number },
  { clock, tenant, signal }: ModelColumnOptions,
): ModelColumn {
  values.fill(NaN)
  let reason = found.predictor === undefined ? found.reason : undefined
  let version = found.version
  let isSynchronous = true

  /** @returns false where the rows must be asked for one by one */
  function answeredAtOnce(matrix: Float64Array, from: number, rowCount: number): boolean {
    if (found.predictor === undefined) return true
    try {
      const { value } = found.predictor.runSync(matrix, rowCount)
      version = found.predictor.version
      if (value === undefined) reason = 'EXECUTION_FAILED'
      else
        for (let i = 0; i < rowCount; i++) {
          values[from + i] = Math.min(1, Math.max(0, value[i]))
          if (Number.isNaN(values[from + i])) reason = 'EXECUTION_FAILED'
        }
      return true
    } catch (error) {
      const code = isMLError(error) ? error.code : 'BACKEND_UNAVAILABLE'
      if (code === 'NOT_SYNCHRONOUS') isSynchronous = false
      // of these one row alone may be to blame
      else if (code !== 'EXECUTION_FAILED' && code !== 'INPUT_INVALID') {
        reason = code
        return true
      }
      return false
    }
  }

  async function answerOneByOne(matrix: Float64Array, from: number, rowCount: number): Promise<void> {
    const { predictor } = found
    if (predictor === undefined) return
    const rows = Array.from({ length: rowCount }, (_, i) => matrix.slice(i * width, (i + 1) * width))
    const timeoutMs = Math.max(found.deadlineAtMs - clock.now(), Number.MIN_VALUE)
    try {
      const predictions = await withDeadline(
        { timeoutMs, ...(signal && { signal }), clock, model: model.name },
        (joined) =>
          // thousands of rows that are asked for once would drive all others out of the cache
          predictor.predictBatch(rows, {
            useCache: false,
            ...(tenant !== undefined && { tenant }),
            ...(joined && { signal: joined }),
          }),
      )
      predictions.forEach((prediction, i) => {
        if (isMLError(prediction)) reason = prediction.code
        else if (prediction.source === 'fallback') reason = prediction.reason ?? 'EXECUTION_FAILED'
        else {
          values[from + i] = model.read(prediction) ?? NaN
          if (Number.isNaN(values[from + i])) reason = 'EXECUTION_FAILED'
          version = prediction.version
        }
      })
    } catch (error) {
      signal?.throwIfAborted()
      reason = isMLError(error) ? error.code : 'EXECUTION_FAILED'
    }
  }

  return {
    values,
    get version() {
      return version
    },
    get reason() {
      return reason
    },
    answer(matrix, from, rowCount) {
      if (rowCount === 0 || (isSynchronous && answeredAtOnce(matrix, from, rowCount))) return undefined
      return answerOneByOne(matrix, from, rowCount)
    },
  }
}
