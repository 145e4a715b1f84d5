// A column of a model's values where it answers at once, elsewhere, for some rows, by a rule, too late, or not at all.
import { describe, expect, it } from 'vitest'
import type { FoundModel } from '../../src/crm/model-answers.ts'
import { createModelColumn } from '../../src/crm/model-column.ts'
import { interestModel } from '../../src/crm/property-models.ts'
import { createError } from '../../src/errors.ts'
import type { Prediction, Row } from '../../src/rows/prediction.ts'
import type { PredictOptions } from '../../src/runtime/options.ts'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

const width = 2
const notSynchronous = createError('NOT_SYNCHRONOUS', 'elsewhere')
const answer = (value: number): Prediction => ({ model: 'm', version: '2.0.0', source: 'model', value })

type Script = {
  readonly runSync?: (matrix: Float64Array, rowCount: number) => { readonly value?: Float64Array }
  readonly predictBatch?: (rows: readonly Row[], options: PredictOptions) => Promise<unknown>
}

/** A predictor that does as the test says; by default it computes elsewhere and gives each row's first number. */
function createColumn({ runSync, predictBatch }: Script, signal?: AbortSignal) {
  const clock = createFakeClock()
  const calls: { readonly rows: readonly Row[]; readonly options: PredictOptions }[] = []
  const predictor = {
    version: '1.0.0',
    runSync:
      runSync ??
      (() => {
        throw notSynchronous
      }),
    predictBatch(rows: readonly Row[], options: PredictOptions) {
      calls.push({ rows, options })
      return predictBatch?.(rows, options) ?? Promise.resolve(rows.map((row) => answer((row as Float64Array)[0])))
    },
  } as unknown as ModelPredictor
  const found: FoundModel = { predictor, version: '1.0.0', deadlineAtMs: clock.now() + 100 }
  const column = createModelColumn(
    interestModel,
    found,
    { values: new Float64Array(4), width },
    { clock, tenant: 'acme', signal },
  )
  return { column, calls, clock }
}

const matrix = Float64Array.of(0.1, 9, 0.2, 9, 0.3, 9)

describe('a model in this thread', () => {
  it('answers at once, within 0 to 1', () => {
    const { column } = createColumn({ runSync: () => ({ value: Float64Array.of(-0.2, 0.5, 1.2) }) })
    expect(column.answer(matrix, 1, 3)).toBeUndefined()
    expect([...column.values]).toEqual([NaN, 0, 0.5, 1])
    expect([column.version, column.reason]).toEqual(['1.0.0', undefined])
  })

  it('is asked row by row where one row may be to blame', async () => {
    const bad = createError('EXECUTION_FAILED', 'row 1 answers no number')
    const { column, calls } = createColumn({
      runSync: () => {
        throw bad
      },
      predictBatch: () => Promise.resolve([answer(0.4), bad, answer(0.6)]),
    })
    await column.answer(matrix, 0, 3)
    expect([...column.values]).toEqual([0.4, NaN, 0.6, NaN])
    expect([column.version, column.reason]).toEqual(['2.0.0', 'EXECUTION_FAILED'])
    expect(calls[0].rows).toEqual([Float64Array.of(0.1, 9), Float64Array.of(0.2, 9), Float64Array.of(0.3, 9)])
  })

  it.each([
    ['BREAKER_OPEN', createError('BREAKER_OPEN', 'open')],
    ['CLOSED', createError('CLOSED', 'closed')],
    ['BACKEND_UNAVAILABLE', new TypeError('broken')],
  ])('is not asked again where it says %s', (code, error) => {
    const { column, calls } = createColumn({
      runSync: () => {
        throw error
      },
    })
    expect(column.answer(matrix, 0, 3)).toBeUndefined()
    expect([[...column.values], column.reason, calls.length]).toEqual([[NaN, NaN, NaN, NaN], code, 0])
  })

  it('has no column where it gives no value', () => {
    const { column } = createColumn({ runSync: () => ({}) })
    expect(column.answer(matrix, 0, 3)).toBeUndefined()
    expect([column.values[0], column.reason]).toEqual([NaN, 'EXECUTION_FAILED'])
  })
})

describe('a model elsewhere', () => {
  it('is asked without its cache, for the tenant', async () => {
    const { column, calls } = createColumn({})
    await column.answer(matrix, 0, 2)
    await column.answer(matrix, 2, 1)
    expect([...column.values]).toEqual([0.1, 0.2, 0.1, NaN])
    expect(calls[0].options).toMatchObject({ useCache: false, tenant: 'acme' })
  })

  it('has no value where a rule answered', async () => {
    const ruled: Prediction = { ...answer(0.9), source: 'fallback', rule: 'r', reason: 'QUEUE_FULL' }
    const { column } = createColumn({ predictBatch: () => Promise.resolve([ruled, answer(0.3)]) })
    await column.answer(matrix, 0, 2)
    expect([...column.values]).toEqual([NaN, 0.3, NaN, NaN])
    expect(column.reason).toBe('QUEUE_FULL')
  })

  it('has none after its time', async () => {
    const { column, clock } = createColumn({ predictBatch: () => new Promise(() => {}) })
    const late = column.answer(matrix, 0, 3)
    clock.advance(101)
    await late
    expect([column.values[0], column.reason]).toEqual([NaN, 'DEADLINE_EXCEEDED'])
  })

  it('ends with the reason of an abort', async () => {
    const controller = new AbortController()
    const { column } = createColumn({ predictBatch: () => new Promise(() => {}) }, controller.signal)
    const answered = column.answer(matrix, 0, 3)
    controller.abort(new Error('left'))
    await expect(answered).rejects.toThrow('left')
  })
})

it('is empty where there is no model', () => {
  const column = createModelColumn(
    interestModel,
    { predictor: undefined, version: null, reason: 'MODEL_NOT_FOUND' },
    { values: new Float64Array(1), width },
    { clock: createFakeClock(), tenant: undefined, signal: undefined },
  )
  expect(column.answer(matrix, 0, 1)).toBeUndefined()
  expect([column.values[0], column.version, column.reason]).toEqual([NaN, null, 'MODEL_NOT_FOUND'])
})
