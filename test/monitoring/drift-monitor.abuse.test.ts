import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDriftMonitor, type DriftMonitorOptions } from '../../src/monitoring/drift-monitor.ts'
import { kolmogorovSmirnov } from '../../src/monitoring/kolmogorov-smirnov.ts'
import { type PredictionObserver, type Predicts, watchPredictor } from '../../src/monitoring/prediction-observer.ts'
import type { Prediction, Row } from '../../src/rows/prediction.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

const features = [
  { name: 'number' },
  { name: 'text', dtype: 'string' as const },
  { name: 'known', dtype: 'string' as const, categories: ['x', 'y'] },
  { name: 'flag', dtype: 'boolean' as const },
]
const anything = fc.oneof(
  fc.anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true }),
  fc.array(fc.anything(), { maxLength: 5 }),
  fc.float64Array({ maxLength: 5 }),
  fc.record({
    number: fc.anything(),
    text: fc.anything({ withNullPrototype: true }),
    known: fc.anything(),
    flag: fc.anything(),
  }),
)

describe('a drift monitor', () => {
  it('takes any row and any answer, and reports finite numbers', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { minLength: 1, maxLength: 20 }),
        fc.array(fc.tuple(anything, fc.anything()), { minLength: 1, maxLength: 20 }),
        (rows, served) => {
          const monitor = createDriftMonitor({
            reference: { rows: rows as readonly Row[] },
            features,
            clock: createFakeClock(),
            windowRows: 10,
            minSamples: 1,
          })
          for (const [row, prediction] of served)
            monitor.observe(row as Row, Object(prediction) === prediction ? (prediction as Prediction) : undefined)
          for (const { p, adjustedP, statistic, psi, missing } of monitor.check().features)
            for (const number of [p, adjustedP, statistic, missing.p, missing.reference, missing.window]) {
              expect(number).toBeGreaterThanOrEqual(0)
              expect(number).toBeLessThanOrEqual(1)
              expect(psi).toBeGreaterThanOrEqual(0)
            }
        },
      ),
      { numRuns: 300 },
    )
  })

  const reference = { rows: [[1, 'a', 'x', true]] }
  it.each([
    ['features', { features: [] }],
    ['alpha', { alpha: 0 }],
    ['minSamples', { minSamples: 0 }],
    ['windowRows', { windowRows: 99 }],
    ['reference.rows', { reference: { rows: [] } }],
    ['reference.predictions', { reference: { ...reference, predictions: [] } }],
    ['reference', { reference: { formatVersion: 1, rowCount: 1, features: [] } }],
    ['reference', { reference: undefined }],
    ['clock', { clock: undefined }],
    ['windowRow', { windowRow: 5 }],
  ])('refuses a wrong %s', (option, change) => {
    const options = { reference, features, clock: createFakeClock(), ...change } as unknown as DriftMonitorOptions
    expect(() => createDriftMonitor(options)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        message: expect.stringContaining(`option ${option}:`) as string,
      }),
    )
  })
})

it('a KS test of any two samples is symmetric, and says a probability', () => {
  const sample = fc.float64Array({ noNaN: true, maxLength: 60 })
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const there = kolmogorovSmirnov(a.sort(), b.sort())
      const back = kolmogorovSmirnov(b, a)
      expect(back.statistic).toBe(there.statistic)
      expect(back.p).toBeCloseTo(there.p, 9)
      expect(there.p).toBeGreaterThanOrEqual(0)
      expect(there.p).toBeLessThanOrEqual(1)
    }),
  )
})

it('what is no predictor, or no monitor, is refused where it is given and not at the first row', () => {
  const predictor: Predicts = { predict: () => Promise.reject(new Error()), predictBatch: () => Promise.resolve([]) }
  const none = undefined as unknown as Predicts
  expect(() => watchPredictor(none)).toThrow('option predictor')
  expect(() => watchPredictor(predictor, {} as PredictionObserver)).toThrow('option observers')
})
