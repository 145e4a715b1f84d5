// Measures against scikit-learn's, their intervals against closed forms, and what they refuse.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bootstrapIntervals, pairedAccuracyDifference } from '../../../src/training/metrics/bootstrap.ts'
import { calibrationBins, calibrationError } from '../../../src/monitoring/calibration-bins.ts'
import { wilsonInterval } from '../../../src/monitoring/interval.ts'
import { rocAuc } from '../../../src/monitoring/roc-auc.ts'
import { calibrationNoise } from '../../../src/training/metrics/calibration-noise.ts'
import { percentileInterval } from '../../../src/training/metrics/percentile-interval.ts'
import { measure, type MeasureName, measureNames, valuesOf } from '../../../src/training/metrics/measures.ts'
import { curvePoints } from '../../../src/training/metrics/ranking.ts'
import { scoredRows } from '../../../src/training/metrics/scored-rows.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'

type Case = {
  readonly name: string
  readonly threshold: number
  readonly scale: number
  readonly truth: readonly number[]
  readonly output: readonly number[]
  readonly confusion: Readonly<Record<string, number>>
  readonly measures: Readonly<Record<MeasureName, number>>
  readonly roc: {
    readonly fpr: readonly number[]
    readonly tpr: readonly number[]
    readonly thresholds: readonly number[]
  }
}

const golden = JSON.parse(readFileSync(new URL('../../golden/metrics/measures.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[]
}
const scored = ({ truth, output, threshold, scale }: Case) =>
  scoredRows(Uint8Array.from(truth), Float64Array.from(output), { threshold, scale })

describe.each(golden.cases)('$name', (example) => {
  test.each(measureNames)('%s is scikit-learn’s', (name) => {
    expect(valuesOf(scored(example))[name]).toBeCloseTo(example.measures[name], 12)
  })

  test('counts and curve are scikit-learn’s', () => {
    const rows = scored(example)
    expect(measure(rows, { resamples: 2 }).confusion).toEqual(example.confusion)
    const points = curvePoints(rows)
    const positives = example.truth.filter((each) => each === 1).length
    expect(points.map(({ threshold }) => threshold)).toEqual(example.roc.thresholds)
    points.forEach(({ truePositives, falsePositives }, i) => {
      expect(truePositives / positives).toBeCloseTo(example.roc.tpr[i], 12)
      expect(falsePositives / (example.truth.length - positives)).toBeCloseTo(example.roc.fpr[i], 12)
    })
  })
})

test('weights count a row as often as it would stand there', () => {
  const [example] = golden.cases
  const weights = Int32Array.from(example.truth, (_, i) => i % 4)
  const rows = scored(example)
  const repeated = { truth: [] as number[], output: [] as number[] }
  for (let i = 0; i < rows.rowCount; i++)
    for (let k = 0; k < weights[i]; k++) {
      repeated.truth.push(rows.truth[i])
      repeated.output.push(rows.output[i])
    }
  expect(rocAuc(rows, weights)).toBeCloseTo(rocAuc(scored({ ...example, ...repeated })), 12)
})

test('AUC of one class is no number', () => {
  expect(rocAuc(scoredRows(new Uint8Array(3), Float64Array.of(0.1, 0.2, 0.3)))).toBeNaN()
})

test('Wilson intervals are those of the formula', () => {
  // R 4.3: prop.test(81, 263, correct = FALSE)$conf.int, Newcombe 1998 table I
  expect(wilsonInterval(81, 263).map((end) => Number(end.toFixed(4)))).toEqual([0.2553, 0.3662])
  expect(wilsonInterval(0, 20).map((end) => Number(end.toFixed(4)))).toEqual([0, 0.1611])
  expect(wilsonInterval(0, 0)).toEqual([0, 1])
})

test('percentiles are interpolated as NumPy does', () => {
  const [low, high] = percentileInterval(Float64Array.from({ length: 11 }, (_, i) => 10 - i))
  expect([low, high]).toEqual([0.25, 9.75])
})

test('bootstrap of a mean has the width of the normal interval, and the same seed gives the same ends', () => {
  const random = createSeededRandom(5)
  const values = Float64Array.from({ length: 400 }, () => random.uniform())
  const mean = (weights: Int32Array | Uint8Array) => ({
    mean: values.reduce((sum, value, i) => sum + value * weights[i], 0) / values.length,
  })
  const { mean: interval } = bootstrapIntervals(400, mean, { seed: 1 })
  // sd of a uniform is 1 ÷ √12
  expect(interval[1] - interval[0]).toBeCloseTo((2 * 1.96) / Math.sqrt(12 * 400), 2)
  expect(bootstrapIntervals(400, mean, { seed: 1 }).mean).toEqual(interval)
  expect(bootstrapIntervals(400, mean, { seed: 2 }).mean).not.toEqual(interval)
})

test('a difference on the same rows has no spread where two models always agree', () => {
  const truth = Uint8Array.from({ length: 50 }, (_, i) => i % 2)
  const wrong = Uint8Array.from(truth, (value, i) => (i < 10 ? 1 - value : value))
  expect(pairedAccuracyDifference(truth, wrong, wrong)).toEqual({ difference: 0, interval: [0, 0] })
  const { difference, interval } = pairedAccuracyDifference(truth, wrong, truth)
  expect(difference).toBeCloseTo(-0.2, 12)
  expect(interval[1]).toBeLessThan(0)
})

test('a probability of 1 is in the last bin', () => {
  const bins = calibrationBins(scoredRows(Uint8Array.of(1, 0), Float64Array.of(1, 0.95)))
  expect(bins).toEqual([{ low: 0.9, high: 1, rowCount: 2, positives: 1, meanProbability: 0.975 }])
})

test.each([
  ['no rows', [], []],
  ['other lengths', [1], [0.5, 0.5]],
  ['a truth of 2', [2], [0.5]],
  ['an answer that is no number', [1], [NaN]],
])('refuses %s', (_name, truth, output) => {
  expect(() => scoredRows(Uint8Array.from(truth), Float64Array.from(output))).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID' }),
  )
})

test('sequences of near seeds differ and numbers are spread evenly', () => {
  const means = [1, 2, 3].map((seed) => {
    const random = createSeededRandom(seed)
    return Array.from({ length: 4000 }, () => random.uniform()).reduce((a, b) => a + b) / 4000
  })
  for (const mean of means) expect(mean).toBeCloseTo(0.5, 1)
  expect(new Set(means).size).toBe(3)
})

test('calibrated answers lie within what chance shows, and others beyond it', () => {
  const random = createSeededRandom(3)
  const probability = Float64Array.from({ length: 3000 }, () => random.uniform())
  const truth = Uint8Array.from(probability, (p) => (random.uniform() < p ? 1 : 0))
  const rows = scoredRows(truth, probability)
  const [low, high] = calibrationNoise(rows, { resamples: 300 })
  expect(calibrationError(rows)).toBeGreaterThan(low)
  expect(calibrationError(rows)).toBeLessThan(high)
  const bold = scoredRows(
    truth,
    probability.map((p) => (p > 0.5 ? 0.5 + p / 2 : p / 2)),
  )
  expect(calibrationError(bold)).toBeGreaterThan(calibrationNoise(bold, { resamples: 300 })[1])
})
