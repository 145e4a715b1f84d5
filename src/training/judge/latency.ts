// A function that answers one row in, how long single answers take on this machine out.

import { quantile } from '../metrics/percentile-interval.ts'

/** Of single `predict` calls without the cache, one after the other. */
export type LatencyFacts = {
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
  /** Processor and runtime, in words: a latency means nothing without. */
  readonly machine: string
}

/** Enough for a p95 that is known to a few percent, and done in a second for all but slow models. */
const timedAnswers = 3000
const warmUpAnswers = 300

/** Stops early where a model is slow: five seconds of answers tell as much. */
const longestMs = 5000

export async function timeAnswers(
  answer: (index: number) => Promise<unknown>,
  { machine, now, signal }: { readonly machine: string; readonly now: () => number; readonly signal?: AbortSignal },
): Promise<LatencyFacts> {
  for (let index = 0; index < warmUpAnswers; index++) await answer(index)
  const times: number[] = []
  const startedAt = now()
  for (let index = 0; index < timedAnswers && now() - startedAt < longestMs; index++) {
    signal?.throwIfAborted()
    const from = now()
    await answer(index)
    times.push(now() - from)
  }
  const sorted = Float64Array.from(times).sort()
  return { count: times.length, p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95), machine }
}
