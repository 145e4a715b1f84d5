import { describe, expect, it } from 'vitest'
import { performanceValues } from '../../src/monitoring/alert-values.ts'
import { createPerformanceMonitor } from '../../src/monitoring/performance-monitor.ts'
import type { PerformanceMonitorOptions } from '../../src/monitoring/performance-options.ts'
import { areaUnderCurve, brierScore, calibrationOf } from '../../src/monitoring/scored-labels.ts'
import { createSeededRandom } from '../../src/rows/seeded-random.ts'
import type { Prediction } from '../../src/rows/prediction.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

const row = [1, 2]

function classified(risk: number): Prediction {
  return { model: 'm', version: '1.0.0', source: 'model', label: risk >= 0.5 ? 1 : 0, probabilities: [1 - risk, risk] }
}

function valued(value: number): Prediction {
  return { model: 'm', version: '1.0.0', source: 'model', value }
}

function scene(options: Partial<PerformanceMonitorOptions> = {}) {
  const clock = createFakeClock()
  const monitor = createPerformanceMonitor({ clock, ...options })
  const answer = (requestId: string | undefined, prediction: Prediction) =>
    monitor.observe(row, prediction, requestId === undefined ? undefined : { requestId })
  return { clock, monitor, answer }
}

describe('createPerformanceMonitor', () => {
  it('measures what came true, by hand', () => {
    const { monitor, answer } = scene({ minSamples: 4 })
    const risks = [0.9, 0.8, 0.3, 0.1]
    risks.forEach((risk, i) => answer(`r${i}`, classified(risk)))
    const truths = [1, 0, 1, 0]
    truths.forEach((truth, i) => expect(monitor.label(`r${i}`, truth)).toBe(true))
    const report = monitor.report()
    expect(report).toMatchObject({ labelled: 4, isReady: true })
    // 0.9 → 1 and 0.1 → 0 came true
    expect(report.accuracy.value).toBe(0.5)
    // pairs: 0.9 over 0.8 and 0.1, 0.3 over 0.1 and not over 0.8: 3 of 4
    expect(report.auc?.value).toBe(0.75)
    // (0.01 + 0.64 + 0.49 + 0.01) ÷ 4
    expect(report.brier?.value).toBeCloseTo(0.2875, 12)
    // (0.1 + 0.8 + 0.7 + 0.1) ÷ 4
    expect(report.calibration?.error).toBeCloseTo(0.425, 12)
    expect(report.counts).toMatchObject({ pending: 0, labelled: 4, unmatched: 0 })
  })

  it('has the measure of a well calibrated model within its intervals', () => {
    const { monitor, answer } = scene({ windowRows: 4000, floor: 0.6 })
    const random = createSeededRandom(3).uniform
    for (let i = 0; i < 4000; i++) {
      const risk = random()
      answer(`${i}`, classified(risk))
      monitor.label(`${i}`, random() < risk)
    }
    const { accuracy, auc, brier, calibration, floor } = monitor.report()
    // of risks spread evenly: accuracy ∫ max(p, 1 − p) = 3/4, AUC 5/6, Brier ∫ p(1 − p) = 1/6
    for (const [measured, truth] of [
      [accuracy, 0.75],
      [auc, 5 / 6],
      [brier, 1 / 6],
    ] as const) {
      expect(measured?.interval[0]).toBeLessThan(truth)
      expect(measured?.interval[1]).toBeGreaterThan(truth)
    }
    expect(calibration?.bins).toHaveLength(10)
    expect(calibration?.error).toBeLessThan(0.03)
    expect(floor).toEqual({ bound: 0.6, state: 'met' })
  })

  it('says that a floor is missed only where that is beyond doubt', () => {
    const states = [95, 90, 85, 70].map((right) => {
      const { monitor, answer } = scene({ floor: 0.9 })
      for (let i = 0; i < 100; i++) {
        answer(`${i}`, classified(0.8))
        monitor.label(`${i}`, i < right ? 1 : 0)
      }
      return monitor.report().floor?.state
    })
    expect(states).toEqual(['unsure', 'unsure', 'unsure', 'missed'])
  })

  it('forgets what has left the window', () => {
    const { monitor, answer } = scene({ windowRows: 50, minSamples: 10 })
    for (let i = 0; i < 100; i++) {
      answer(`${i}`, classified(0.8))
      monitor.label(`${i}`, i < 50 ? 0 : 1)
    }
    expect(monitor.report()).toMatchObject({ labelled: 50, accuracy: { value: 1 } })
  })

  it('lets what waits expire in its order where the time of day was set back', () => {
    let dayMs = 1e12
    const monitor = createPerformanceMonitor({ clock: { now: () => dayMs }, expireAfterMs: 1000 })
    const answer = (requestId: string) => monitor.observe([], classified(0.5), { requestId })
    answer('before')
    dayMs -= 3_600_000
    answer('after')
    dayMs += 999
    expect(monitor.report().counts).toMatchObject({ pending: 2, expired: 0 })
    dayMs += 1
    expect(monitor.report().counts).toMatchObject({ pending: 0, expired: 2 })
  })

  it('counts every label and prediction that comes to nothing', () => {
    const { monitor, answer, clock } = scene({ expireAfterMs: 1000, maxPending: 3 })
    answer(undefined, classified(0.5))
    answer('a', classified(0.5))
    answer('a', classified(0.6))
    for (const id of ['b', 'c', 'd']) answer(id, classified(0.5))
    expect(monitor.label('a', 1)).toBe(false)
    expect(monitor.label('b', 'maybe')).toBe(false)
    expect(monitor.label('b', 1)).toBe(true)
    expect(monitor.label('b', 1)).toBe(false)
    answer('rule', { ...classified(0.5), source: 'fallback' })
    expect(monitor.label('rule', 1)).toBe(false)
    clock.advance(1000)
    expect(monitor.label('c', 1)).toBe(false)
    expect(monitor.report().counts).toEqual({
      pending: 0,
      labelled: 1,
      unmatched: 3,
      expired: 2,
      dropped: 1,
      replaced: 1,
      unnamed: 1,
      unreadable: 1,
      ofRules: 1,
    })
  })

  it('decides for regressors by a threshold, of the value and of a numeric truth', () => {
    const { monitor, answer } = scene({ threshold: 50, scale: 100, minSamples: 1 })
    const cases: readonly (readonly [number, number | boolean])[] = [
      [80, 100],
      [80, true],
      [20, 40],
      [20, 60],
    ]
    cases.forEach(([value, truth], i) => {
      answer(`${i}`, valued(value))
      monitor.label(`${i}`, truth)
    })
    const { accuracy, brier } = monitor.report()
    expect(accuracy.value).toBe(0.75)
    // (0.2² + 0.2² + 0.2² + 0.8²) ÷ 4
    expect(brier?.value).toBeCloseTo(0.19, 12)
  })

  it('measures only the accuracy of several classes, and no Brier score of what is no probability', () => {
    const { monitor, answer } = scene({ classes: ['cold', 'warm', 'hot'], minSamples: 1 })
    answer('a', { ...classified(0.5), label: 'warm', probabilities: [0.2, 0.5, 0.3] })
    monitor.label('a', 'warm')
    const { accuracy, auc, brier } = monitor.report()
    expect([accuracy.value, auc, brier]).toEqual([1, undefined, undefined])
    const other = scene({ threshold: 10 })
    other.answer('a', valued(12))
    other.monitor.label('a', 9)
    expect(other.monitor.report().brier).toBeUndefined()
  })

  it('gives alert rules nothing before it is ready', () => {
    const { monitor, answer } = scene({ minSamples: 2 })
    answer('a', classified(0.9))
    monitor.label('a', 1)
    expect(performanceValues(monitor.report())).toEqual({ accuracy: NaN, accuracy_at_best: NaN, auc: NaN, brier: NaN })
    answer('b', classified(0.2))
    monitor.label('b', 0)
    expect(performanceValues(monitor.report())).toMatchObject({ accuracy: 1, accuracy_at_best: 1, auc: 1 })
  })

  it('keeps no more of a million predictions than it said', () => {
    const { monitor, answer, clock } = scene({ maxPending: 1000, windowRows: 500 })
    expect(monitor.byteLength).toBe(500 * 10)
    const prediction = classified(0.7)
    for (let i = 0; i < 1_000_000; i++) {
      answer(`request ${i}`, prediction)
      if (i % 3 === 0) monitor.label(`request ${i}`, 1)
      if (i % 1000 === 0) clock.advance(1)
    }
    const { labelled, counts } = monitor.report()
    expect(labelled).toBe(500)
    // the last one has its label
    expect(counts.pending).toBe(999)
    expect(counts.labelled + counts.dropped + counts.pending).toBe(1_000_000)
    expect(monitor.byteLength).toBe(500 * 10)
  })

  it.each([
    ['clock', { clock: undefined }],
    ['maxPending', { maxPending: 0 }],
    ['windowRows', { windowRows: 1.5 }],
    ['scale', { scale: 0 }],
    ['classes', { classes: ['one'] }],
    ['floor', { floor: 95 }],
    ['treshold', { treshold: 0.5 }],
  ])('refuses a wrong %s', (option, change) => {
    expect(() => scene(change as Partial<PerformanceMonitorOptions>)).toThrow(`option ${option}`)
  })
})

describe('areaUnderCurve', () => {
  it('counts pairs, ties half, as a walk over all of them does', () => {
    const random = createSeededRandom(12).uniform
    const scores = Float64Array.from({ length: 200 }, () => Math.floor(10 * random()))
    const truths = Uint8Array.from(scores, (score) => Number(random() < score / 12))
    let won = 0
    let pairs = 0
    scores.forEach((a, i) =>
      scores.forEach((b, j) => {
        if (truths[i] !== 1 || truths[j] !== 0) return
        pairs++
        won += a > b ? 1 : a === b ? 0.5 : 0
      }),
    )
    expect(areaUnderCurve(scores, truths)?.value).toBeCloseTo(won / pairs, 12)
  })

  it('is not there without both outcomes', () => {
    expect(areaUnderCurve(Float64Array.of(0.1, 0.2), Uint8Array.of(1, 1))).toBeUndefined()
    expect(areaUnderCurve(new Float64Array(0), new Uint8Array(0))).toBeUndefined()
  })
})

it('a score of 1 lies in the last bin, and one row has no bounded interval but that of a Brier score', () => {
  expect(calibrationOf(Float64Array.of(1), Uint8Array.of(1)).bins).toMatchObject([{ low: 0.9, high: 1, rowCount: 1 }])
  expect(brierScore(Float64Array.of(0.5), Uint8Array.of(1))).toEqual({ value: 0.25, interval: [0, 1] })
})
