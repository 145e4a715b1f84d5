// Rows, a number of callers and a model in; every answer, and how long callers waited, out.

import type { Prediction, Row } from '../../rows/prediction.ts'

export type TrafficOptions = {
  readonly rows: readonly Row[]
  /** How many ask at the same time, each for its next row once it has its answer. */
  readonly callerCount: number
  readonly predict: (row: Row, index: number) => Promise<Prediction>
  readonly signal: AbortSignal
}

export type Traffic = {
  /** In the order of the rows. */
  readonly predictions: readonly Prediction[]
  readonly durationMs: number
  readonly rowsPerSecond: number
  /** From the call of predict to its answer. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number }
}

/** @throws what `predict` throws; `signal.reason` */
export async function driveTraffic({ rows, callerCount, predict, signal }: TrafficOptions): Promise<Traffic> {
  const predictions: Prediction[] = new Array<Prediction>(rows.length)
  const latencies = new Float64Array(rows.length)
  let next = 0

  async function call(): Promise<void> {
    while (next < rows.length) {
      signal.throwIfAborted()
      const index = next++
      const startedAt = performance.now()
      predictions[index] = await predict(rows[index], index)
      latencies[index] = performance.now() - startedAt
    }
  }

  const startedAt = performance.now()
  await Promise.all(Array.from({ length: callerCount }, call))
  const durationMs = performance.now() - startedAt
  latencies.sort()
  const latencyMs = {
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
  }
  return { predictions, durationMs, rowsPerSecond: (1000 * rows.length) / durationMs, latencyMs }
}

/** Nearest rank of sorted values. */
function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}

/** Share of answers whose label is the true one. */
export function accuracyOf(predictions: readonly Prediction[], truth: readonly unknown[]): number {
  return predictions.filter(({ label }, index) => label === truth[index]).length / predictions.length
}
