// Gates and what was measured in; verdicts and errors out.
import { expect, test } from 'vitest'
import type { Gates } from '../../../converters/gates/gate.ts'
import type { Measured } from '../../../converters/gates/gate-table.ts'
import { measureGates, missedGates } from '../../../converters/gates/gates.ts'
import type { ConversionReport } from '../../../converters/report/report.ts'

const bytes = {
  source: 9,
  float32: 4000,
  weights: 1000,
  modelJson: 500,
  artifact: 1500,
  ratio: 0.25,
  promisedRatio: null,
}
const comparison = { set: 'golden', against: 'source', rowCount: 100, tieFlips: 1 } as const
const flips = { labelFlips: 1, tieFlips: 0 }
const classifier: Measured = {
  bytes,
  evaluation: {
    source: { rowCount: 1000, accuracy: 0.955 },
    against: 'source',
    float32: { rowCount: 1000, accuracy: 0.956 },
    artifact: { rowCount: 1000, accuracy: 0.954 },
    flips: { float32: flips, artifact: flips },
  },
  comparisons: [
    { ...comparison, labelFlips: 2, largest: { probability: 0.01, score: 3 } },
    { ...comparison, set: 'calibration', labelFlips: 1, largest: { probability: 0.02, score: 4 } },
  ],
}
const regressor: Measured = {
  bytes: { ...bytes, ratio: null },
  evaluation: {
    source: { rowCount: 9, rmse: 1, r2: 0.9 },
    against: 'tables',
    float32: { rowCount: 9, rmse: 1, r2: 0.95 },
    artifact: { rowCount: 9, rmse: 2, r2: 0.8 },
    flips: null,
  },
  comparisons: [{ ...comparison, labelFlips: null, tieFlips: 0, largest: { value: 7 } }],
}

test.each<[Gates, Measured, number, boolean]>([
  [{ maxSize: 1500 }, classifier, 1500, true],
  [{ maxSize: 1499 }, classifier, 1500, false],
  [{ maxSize: '1.4KiB' }, classifier, 1500, false],
  [{ maxSize: '25%' }, classifier, 0.25, true],
  [{ maxSize: '24.9%' }, classifier, 0.25, false],
  [{ minAccuracy: 0.954 }, classifier, 0.954, true],
  [{ minAccuracy: 0.9541 }, classifier, 0.954, false],
  // in double precision 0.955 − 0.954 is more than 0.001
  [{ maxAccuracyLoss: 0.001 }, classifier, 0.001, true],
  [{ maxAccuracyLoss: 0 }, classifier, 0.001, false],
  [{ maxFlips: 2 }, classifier, 2, true],
  [{ maxFlips: 1 }, classifier, 2, false],
  [{ maxDifference: 0.02 }, classifier, 0.02, true],
  [{ maxDifference: 0.019 }, classifier, 0.02, false],
  [{ minR2: 0.8 }, regressor, 0.8, true],
  [{ minR2: 0.81 }, regressor, 0.8, false],
  [{ maxDifference: 6 }, regressor, 7, false],
])('measures %j', (gates, report, measured, isPassed) => {
  const [gate, bound] = Object.entries(gates)[0]
  expect(measureGates(gates, report)).toMatchObject([{ gate, measured, isPassed }])
  if (typeof bound === 'number') expect(measureGates(gates, report)[0].bound).toBe(bound)
})

test('counts scores only where the answers have nothing else', () => {
  const [, scoresOnly] = [classifier, { ...comparison, labelFlips: 0, largest: { score: 3 } }]
  expect(measureGates({ maxDifference: 1 }, { ...classifier, comparisons: [scoresOnly] })).toMatchObject([
    { measured: 3 },
  ])
})

test.each<[Gates, Measured]>([
  [{ minAccuracy: 0.5 }, regressor],
  [{ maxAccuracyLoss: 0.5 }, regressor],
  [{ minR2: 0.5 }, classifier],
  [{ maxFlips: 0 }, regressor],
  [{ maxSize: '30%' }, regressor],
  [{ maxDifference: 1 }, { ...regressor, comparisons: [{ ...comparison, labelFlips: 0, largest: {} }] }],
])('refuses %j for a model that has no such number', (gates, report) => {
  expect(() => measureGates(gates, report)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(Object.keys(gates)[0]) }),
  )
})

test.each<[Gates, string]>([
  [{ maxSize: 1 }, 'LIMIT_EXCEEDED'],
  [{ maxSize: 1, minAccuracy: 1 }, 'ACCURACY_BELOW_FLOOR'],
  [{ maxSize: 1, maxAccuracyLoss: 0, maxFlips: 0 }, 'PARITY_FAILED'],
  [{ maxSize: 1, maxDifference: 0 }, 'PARITY_FAILED'],
])('says of %j what weighs most, and names every gate that is missed', (gates, code) => {
  const report = { ...classifier, gates: measureGates({ ...gates, maxSize: 1 }, classifier) }
  const error = missedGates(report as unknown as ConversionReport)
  expect(error).toMatchObject({ code, details: { report, missedGates: Object.keys(gates) } })
  for (const gate of Object.keys(gates)) expect(error?.message).toContain(gate)
})

test('finds nothing to say where every gate holds', () => {
  const gates = measureGates({ maxSize: '25%', maxFlips: 2 }, classifier)
  expect(missedGates({ ...classifier, gates } as unknown as ConversionReport)).toBeUndefined()
  expect(measureGates(undefined, classifier)).toEqual([])
})
