// The name of a model in, the errors of its batcher out: why a job gets no answer.

import { createError, type MLError } from '../errors.ts'

type LateJob = { readonly stage: string; readonly enqueuedAtMs: number; readonly uselessAtMs: number }

type FullQueue = {
  readonly queuedRows: number
  readonly maxQueuedRows: number
  readonly rowCount: number
  readonly retryAfterMs: number
}

type PredictedMiss = {
  readonly queuedRows: number
  /** When the answer is expected, and when it is wanted, from now. */
  readonly expectedMs: number
  readonly leftMs: number
  readonly retryAfterMs: number
}

export type BatchingErrors = ReturnType<typeof createBatchingErrors>

export function createBatchingErrors(model: string | undefined) {
  const place = model === undefined ? '' : `${model}: `
  const named = model === undefined ? {} : { model }
  return {
    closed: (): MLError =>
      createError('CLOSED', `${place}the model was closed before there was an answer; open it again to go on`, {
        details: named,
      }),

    late({ stage, enqueuedAtMs, uselessAtMs }: LateJob, nowMs: number): MLError {
      const waitedMs = nowMs - enqueuedAtMs
      const where = stage === 'running' ? 'its batch was running' : 'it was waiting for a batch'
      const message = `${place}expected an answer within ${format(uselessAtMs - enqueuedAtMs)} of joining the queue, got none after ${format(waitedMs)}, when ${where}; allow more timeoutMs, or send less at once`
      return createError('DEADLINE_EXCEEDED', message, { details: { ...named, stage, waitedMs } })
    },

    wrongRowCount: (rowCount: number, maxRows: number): MLError =>
      createError(
        'INPUT_INVALID',
        `${place}a job must have from 1 to ${maxRows} rows, the most that one batch takes, got ${rowCount}; submit larger ones in slices`,
        { details: { ...named, rowCount, maxRows } },
      ),

    queueFull({ retryAfterMs, ...queue }: FullQueue): MLError {
      const message = `${place}the queue takes ${queue.maxQueuedRows} rows and holds ${queue.queuedRows}, no room for ${queue.rowCount} more; retry in ${retryAfterMs} ms, or raise batching.maxQueuedRows`
      const details = { ...named, reason: 'rows', ...queue }
      return createError('QUEUE_FULL', message, { retryAfterMs, details })
    },

    predictedMiss({ retryAfterMs, ...miss }: PredictedMiss): MLError {
      const message = `${place}the queue holds ${miss.queuedRows} rows, and an answer would take about ${format(miss.expectedMs)} of the ${format(miss.leftMs)} that are left; retry in ${retryAfterMs} ms, or allow more timeoutMs`
      const details = { ...named, reason: 'deadline', ...miss }
      return createError('QUEUE_FULL', message, { retryAfterMs, details })
    },

    wrongResults(expected: number, results: unknown): MLError {
      const got = Array.isArray(results) ? results.length : typeof results
      return createError(
        'EXECUTION_FAILED',
        `${place}a batch must give one result a job, expected ${expected}, got ${got}`,
        {
          details: { ...named, expected, got },
        },
      )
    },

    notAnError: (thrown: unknown): MLError =>
      createError('EXECUTION_FAILED', `${place}the run threw ${String(thrown)}, which is no Error`, {
        details: named,
        cause: thrown,
      }),
  }
}

function format(milliseconds: number): string {
  return `${Math.round(milliseconds * 10) / 10} ms`
}
