// Predictions now and what came true later in; how good the model has been lately out.

import type { Scalar } from '../artifact/schema.ts'
import type { Prediction } from '../rows/prediction.ts'
import { wilsonInterval } from './interval.ts'
import { type PerformanceMonitorOptions, resolvePerformanceOptions } from './performance-options.ts'
import type { PerformanceReport } from './performance-report.ts'
import type { PredictionObserver } from './prediction-observer.ts'
import { areaUnderCurve, brierScore, calibrationOf } from './scored-labels.ts'

export type PerformanceMonitor = PredictionObserver & {
  /** Bytes of the window, made at once; each waiting prediction takes about 150 bytes and its id more, at most maxPending. */
  readonly byteLength: number
  /** @returns whether a prediction of the model was waiting for it */
  label(requestId: string, truth: Scalar): boolean
  /** Of the latest `windowRows` labels. */
  report(): PerformanceReport
}

type Waiting = {
  readonly atMs: number
  /** NaN where the model gives no single score. */
  readonly score: number
  /** Whether the value reaches the threshold, or the label. */
  readonly decision: unknown
  readonly isValue: boolean
  readonly isRule: boolean
}

/**
 * Measures a model by labels that come later: a prediction waits by its request id until `label` tells what came true. Give
 * it to `watchPredictor`, and each `predict` a `requestId`. What rules answered is counted apart.
 * @throws VALIDATION_FAILED for an option that cannot be
 * @example
 * const performance = createPerformanceMonitor({ clock: { now: Date.now }, floor: 0.9 })
 * const watched = watchPredictor(model, performance)
 * await watched.predict(row, { requestId: 'lead-7' })
 * performance.label('lead-7', 1)
 */
export function createPerformanceMonitor(options: PerformanceMonitorOptions): PerformanceMonitor {
  const settings = resolvePerformanceOptions(options)
  const { clock, classes, threshold, scale, maxPending, expireAfterMs, windowRows, minSamples, floor } = settings
  /** In the order of their time. */
  const pending = new Map<string, Waiting>()
  const scores = new Float64Array(windowRows)
  const truths = new Uint8Array(windowRows)
  const hits = new Uint8Array(windowRows)
  const now = createElapsed(clock)
  let next = 0
  let size = 0
  const counts = {
    labelled: 0,
    unmatched: 0,
    expired: 0,
    dropped: 0,
    replaced: 0,
    unnamed: 0,
    unreadable: 0,
    ofRules: 0,
  }

  function expire(): void {
    const latest = now() - expireAfterMs
    for (const [id, { atMs }] of pending) {
      if (atMs > latest) return
      pending.delete(id)
      counts.expired++
    }
  }

  function waitingOf({ value, label, probabilities, source }: Prediction): Waiting {
    const isValue = typeof value === 'number'
    const second = probabilities?.length === 2 ? probabilities[1] : NaN
    return {
      atMs: now(),
      score: isValue ? value / scale : typeof second === 'number' ? second : NaN,
      decision: isValue ? value >= threshold : label,
      isValue,
      isRule: source === 'fallback',
    }
  }

  return {
    byteLength: scores.byteLength + truths.byteLength + hits.byteLength,
    observe(_row, prediction, call) {
      if (prediction === undefined) return
      const requestId = call?.requestId
      if (requestId === undefined) return void counts.unnamed++
      expire()
      if (pending.delete(requestId)) counts.replaced++
      pending.set(requestId, waitingOf(prediction))
      if (pending.size <= maxPending) return
      const [oldest] = pending.keys()
      pending.delete(oldest)
      counts.dropped++
    },
    label(requestId, truth) {
      expire()
      const waiting = pending.get(requestId)
      if (waiting === undefined) {
        counts.unmatched++
        return false
      }
      const came = waiting.isValue ? yesOrNo(truth, threshold) : classOf(truth, classes)
      if (came === undefined) {
        counts.unreadable++
        return false
      }
      pending.delete(requestId)
      if (waiting.isRule) {
        counts.ofRules++
        return false
      }
      counts.labelled++
      scores[next] = waiting.score
      truths[next] = Number(came === (waiting.isValue ? true : classes[1]))
      hits[next] = Number(came === waiting.decision)
      next = (next + 1) % windowRows
      size = Math.min(size + 1, windowRows)
      return true
    },
    report() {
      expire()
      let correct = 0
      let areScores = size > 0
      let areProbabilities = true
      for (let i = 0; i < size; i++) {
        correct += hits[i]
        if (Number.isNaN(scores[i])) areScores = false
        if (!(scores[i] >= 0 && scores[i] <= 1)) areProbabilities = false
      }
      const accuracy = { value: size === 0 ? NaN : correct / size, interval: wilsonInterval(correct, size) }
      const [said, seen] = [scores.subarray(0, size), truths.subarray(0, size)]
      const auc = areScores ? areaUnderCurve(said, seen) : undefined
      const [low, high] = accuracy.interval
      return {
        labelled: size,
        isReady: size >= minSamples,
        accuracy,
        ...(auc === undefined ? {} : { auc }),
        ...(areScores && areProbabilities
          ? { brier: brierScore(said, seen), calibration: calibrationOf(said, seen) }
          : {}),
        ...(floor === undefined
          ? {}
          : { floor: { bound: floor, state: high < floor ? 'missed' : low >= floor ? 'met' : 'unsure' } as const }),
        counts: { pending: pending.size, ...counts },
      }
    },
  }
}

/** Milliseconds that went by: a time of day that is set back must not keep what waits from expiring, nor out of order. */
function createElapsed(clock: PerformanceMonitorOptions['clock']): () => number {
  let [elapsedMs, lastMs] = [0, clock.now()]
  return () => {
    const atMs = clock.now()
    elapsedMs += Math.max(0, atMs - lastMs)
    lastMs = atMs
    return elapsedMs
  }
}

function yesOrNo(truth: Scalar, threshold: number): boolean | undefined {
  if (typeof truth === 'boolean') return truth
  return typeof truth === 'number' && !Number.isNaN(truth) ? truth >= threshold : undefined
}

/** True and false are the classes 1 and 0, where these are numbers. */
function classOf(truth: Scalar, classes: readonly Scalar[]): Scalar | undefined {
  if (classes.includes(truth)) return truth
  return typeof truth === 'boolean' && classes.includes(Number(truth)) ? Number(truth) : undefined
}
