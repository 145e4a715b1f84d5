// A warm model and rows in; what a row costs from predict to its answer, alone and among many, out.

import type { Row } from '../../rows/prediction.ts'
import type { ModelPredictor } from '../../runtime/predictor.ts'
import type { BackendFinding } from './doctor-report.ts'

const aloneRows = 200
const batchRounds = 3

/** For each of the two: a software adapter takes a hundred times as long as a card, and nobody waits for it to be exact. */
const budgetMs = 3_000

/** @throws `signal.reason` */
export async function timeAnswers(
  model: Pick<ModelPredictor, 'predict' | 'predictBatch'>,
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<NonNullable<BackendFinding['microsPerRow']>> {
  const alone = await durations(Math.min(aloneRows, rows.length), (i) => model.predict(rows[i]), signal)
  const batches = await durations(batchRounds, () => model.predictBatch(rows), signal)
  return { alone: 1000 * medianOf(alone), inBatch: (1000 * Math.min(...batches)) / rows.length }
}

/** At least one, and no more once the budget is spent. */
async function durations(
  count: number,
  run: (i: number) => Promise<unknown>,
  signal: AbortSignal,
): Promise<Float64Array> {
  const found = new Float64Array(count)
  const endsAt = performance.now() + budgetMs
  for (let i = 0; i < count; i++) {
    signal.throwIfAborted()
    const startedAt = performance.now()
    if (i > 0 && startedAt > endsAt) return found.subarray(0, i)
    await run(i)
    found[i] = performance.now() - startedAt
  }
  return found
}

function medianOf(values: Float64Array): number {
  return values.slice().sort()[Math.ceil(values.length / 2) - 1]
}
