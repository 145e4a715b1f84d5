// Matrices, options and models that cannot be: each is one error for the whole call, which says where and why.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Prediction } from '../../src/rows/prediction.ts'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import type { RunSyncOptions } from '../../src/runtime/run-matrix.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'
import { createKernelDrivenModel } from '../helpers/kernel-driven-model.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

function failureOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

const wrongMatrices: readonly (readonly [what: string, matrix: unknown, rowCount: unknown, text: RegExp])[] = [
  ['a plain array', [1, 2], 1, /Float64Array or Float32Array/],
  ['an Int32Array', Int32Array.of(1, 2), 1, /Float64Array or Float32Array/],
  ['no matrix', undefined, 1, /Float64Array or Float32Array/],
  ['a buffer', new ArrayBuffer(16), 1, /Float64Array or Float32Array/],
  ['too few values', new Float64Array(3), 2, /expects 4 values, 2 rows of 2, got 3/],
  ['a negative number of rows', new Float64Array(4), -1, /number of rows.*got -1/],
  ['half a row', new Float64Array(4), 1.5, /number of rows.*got 1.5/],
  ['NaN rows', new Float64Array(4), NaN, /number of rows.*got NaN/],
  ['endless rows', new Float64Array(4), Infinity, /number of rows/],
  ['rows beyond any array', new Float64Array(4), 2 ** 53, /values/],
  ['a text for a number', new Float64Array(4), '2', /number of rows/],
  ['no number of rows', new Float64Array(4), undefined, /number of rows/],
]

const wrongOptions: readonly (readonly [what: string, options: unknown, text: RegExp])[] = [
  ['null', null, /options of runSync: expected an object, got null/],
  ['a number', 5, /options of runSync/],
  ['a misspelt option', { in_to: {} }, /in_to/],
  ['an array for options', [{}], /option 0/],
  ['into null', { into: null }, /into.*got null/],
  ['into a number', { into: 5 }, /into.*got 5/],
  [
    'what the model does not give',
    { into: { label: new Int32Array(9) } },
    /into\.label: the model gives no label; it gives value/,
  ],
  ['a name that objects have', { into: { toString: new Float64Array(9) } }, /into\.toString/],
  [
    'another type',
    { into: { value: new Float32Array(9) } },
    /into\.value: expected a Float64Array.*got Float32Array of 9/,
  ],
  ['a plain array', { into: { value: [0, 0] } }, /into\.value: expected a Float64Array/],
  ['a likeness', { into: { value: { constructor: Float64Array, length: 9 } } }, /into\.value/],
  ['nothing for an array', { into: { value: null } }, /into\.value/],
  ['too short an array', { into: { value: new Float64Array(1) } }, /at least 2 values, got Float64Array of 1/],
]

describe('runSync', () => {
  it.each(wrongMatrices)('refuses %s', async (_, matrix, rowCount, text) => {
    const { predictor, script, told } = await createKernelDrivenModel()
    const failure = failureOf(() => predictor.runSync(matrix as Float64Array, rowCount as number))
    expect(failure).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringMatching(text) })
    expect(script.runs).toEqual([])
    expect(predictor.getHealth().stats).toMatchObject({ requests: 1, rejected: 1, errorsByCode: { INPUT_INVALID: 1 } })
    expect(told).toMatchObject([{ channel: 'prediction', code: 'INPUT_INVALID' }])
    expect(predictor.getHealth().status).toBe('healthy')
  })

  it.each(wrongOptions)('refuses options that are %s', async (_, options, text) => {
    const { predictor, script } = await createKernelDrivenModel()
    const failure = failureOf(() => predictor.runSync(new Float64Array(4), 2, options as RunSyncOptions))
    expect(failure).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringMatching(text) })
    expect(script.runs).toEqual([])
  })

  it('takes options that say nothing', async () => {
    const { predictor } = await createKernelDrivenModel()
    const answers = { value: Float64Array.of(3) }
    for (const options of [undefined, {}, { into: undefined }])
      expect(predictor.runSync(Float64Array.of(3, 0), 1, options)).toEqual(answers)
    const into = { value: undefined }
    expect(predictor.runSync(Float64Array.of(3, 0), 1, { into } as RunSyncOptions)).toBe(into)
  })

  it('refuses arrays whose memory was given away', async () => {
    const { predictor } = await createKernelDrivenModel()
    const gone = new Float64Array(4)
    structuredClone(gone, { transfer: [gone.buffer] })
    expect(failureOf(() => predictor.runSync(gone, 2))).toMatchObject({ code: 'INPUT_INVALID' })
    const options = { into: { value: gone } }
    expect(failureOf(() => predictor.runSync(new Float64Array(4), 2, options))).toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('is closed with its predictor', async () => {
    const { predictor } = await createKernelDrivenModel()
    await predictor.close()
    expect(failureOf(() => predictor.runSync(new Float64Array(2), 1))).toMatchObject({ code: 'CLOSED' })
    expect(failureOf(() => predictor.predictSync([1, 2]))).toMatchObject({ code: 'CLOSED' })
  })

  it.each([0, 3, 255, 256, 700])('fails as a whole by row %i, and says which it is', async (bad) => {
    const change = (metadata: Record<string, unknown>): void => {
      const [first] = (metadata['schema'] as { features: { missing: string }[] }).features
      first.missing = 'error'
    }
    const { predictor, engine } = await createKernelDrivenModel({ files: tinyFiles('1.0.0', { change }) })
    const matrix = new Float64Array(2 * 701).fill(1)
    matrix[2 * bad] = NaN
    expect(failureOf(() => predictor.runSync(matrix, 701))).toMatchObject({
      code: 'INPUT_INVALID',
      details: { row: bad, feature: 'f0' },
    })
    for (const beyond of [1e39, -1e308]) {
      matrix[2 * bad] = beyond
      expect(failureOf(() => predictor.runSync(matrix, 701))).toMatchObject({
        code: 'EXECUTION_FAILED',
        message: expect.stringContaining(`row ${bad}:`) as string,
        details: { row: bad },
      })
    }
    matrix[2 * bad] = -Infinity
    expect(failureOf(() => predictor.runSync(matrix, 701))).toMatchObject({
      code: 'INPUT_INVALID',
      details: { row: bad, feature: 'f0' },
    })
    // a row's failure is not the model's
    expect(engine.breaker.isUntroubled).toBe(true)
    expect(predictor.getHealth().stats).toMatchObject({
      requests: 4 * 701,
      successes: 0,
      rejected: 2 * 701,
      errors: 2 * 701,
      errorsByCode: { INPUT_INVALID: 2 * 701, EXECUTION_FAILED: 2 * 701 },
    })
    // and leaves nothing behind
    matrix[2 * bad] = -0
    expect(predictor.runSync(matrix, 701).value?.[bad]).toBe(0)
  })
})

describe('runSync of a model with categories and missing values', () => {
  let model: ModelPredictor
  let width = 0
  let category = 0
  const row = (): Float64Array => new Float64Array(width)
  beforeAll(async () => {
    model = await loadModel(await artifactFiles('telco_churn'), { backend: 'kernel', caching: false })
    const { features } = model.schema!
    width = features.length
    category = features.findIndex(({ dtype }) => dtype === 'string')
  })
  afterAll(() => model.close())

  it.each([-2, 0.5, 1e9, Infinity])('refuses index %d of a category with its row and feature', (index) => {
    const matrix = new Float64Array(3 * width)
    matrix[2 * width + category] = index
    const { name } = model.schema!.features[category]
    expect(failureOf(() => model.runSync(matrix, 3))).toMatchObject({
      code: 'INPUT_INVALID',
      details: { row: 2, feature: name },
    })
    const one = matrix.subarray(2 * width)
    expect(failureOf(() => model.predictSync(one))).toMatchObject({ code: 'INPUT_INVALID', details: { feature: name } })
  })

  it('treats what is missing as predict does, feature by feature', async () => {
    for (const [i, { name }] of model.schema!.features.entries())
      for (const value of [NaN, -0, Infinity, -Infinity, 1e300]) {
        const one = row()
        one[i] = value
        const asked = await model.predict(one).catch((error: unknown) => error as Error)
        const failure = failureOf(() => {
          const { probabilities } = model.runSync(one, 1)
          expect([...probabilities!]).toEqual((asked as Prediction).probabilities)
        })
        if (asked instanceof Error)
          expect(failure, `${name} = ${value}`).toMatchObject({ code: (asked as { code?: string }).code })
        else expect(failure, `${name} = ${value}`).toBeUndefined()
      }
  })

  it('writes only what is asked for', () => {
    const label = new Int32Array(2).fill(-7)
    const into = { label }
    expect(model.runSync(new Float64Array(2 * width), 2, { into })).toBe(into)
    expect(Object.keys(into)).toEqual(['label'])
    expect(label[0]).toBe(label[1])
    expect([0, 1]).toContain(label[0])
  })

  it('is right while an object row that is read asks for others', async () => {
    const { rows } = heldOut('telco_churn')
    const [outer, inner] = rows
    const alone = { outer: model.predictSync(outer), inner: model.predictSync(inner) }
    const seen: unknown[] = []
    const later: Promise<unknown>[] = []
    const asking = (ask: () => void): Record<string, unknown> => {
      const [first, ...others] = Object.keys(outer)
      const row = Object.fromEntries(others.map((name) => [name, outer[name]]))
      let isAsked = false
      return Object.defineProperty(row, first, {
        enumerable: true,
        get() {
          if (!isAsked) ask()
          isAsked = true
          return outer[first]
        },
      })
    }
    const askAll = (): void => {
      seen.push(model.predictSync(inner))
      later.push(
        model.predict(inner),
        model.predictBatch([inner]).then(([entry]) => entry),
      )
      model.runSync(new Float64Array(3 * width), 3)
    }
    expect(model.predictSync(asking(askAll))).toEqual(alone.outer)
    expect(await model.predict(asking(askAll))).toEqual(alone.outer)
    expect(await model.predictBatch([asking(askAll), outer])).toEqual(await model.predictBatch([outer, outer]))
    for (const answer of [...seen, ...(await Promise.all(later))]) expect(answer).toEqual(alone.inner)
    expect(seen).toHaveLength(3)
  })
})

describe('rows of an odd make', () => {
  it('are read through their proxies and getters once, and a throw is their own error', async () => {
    const { predictor } = await createKernelDrivenModel()
    let reads = 0
    const row = new Proxy({ f0: 4, f1: 0 }, { get: (target, name) => (reads++, Reflect.get(target, name) as unknown) })
    expect(predictor.predictSync(row)).toMatchObject({ value: 4 })
    expect(reads).toBeLessThanOrEqual(4)
    const cause = new Error('no')
    const throwing = {
      get f0(): number {
        throw cause
      },
      f1: 0,
    }
    expect(failureOf(() => predictor.predictSync(throwing))).toMatchObject({ code: 'INPUT_INVALID', cause })
    await expect(predictor.predict(throwing)).rejects.toMatchObject({ code: 'INPUT_INVALID', cause })
    const [first, second] = await predictor.predictBatch([throwing, [2, 0]])
    expect(first).toMatchObject({ code: 'INPUT_INVALID', cause, details: { row: 0 } })
    expect(second).toMatchObject({ value: 2 })
    expect(predictor.getHealth().stats).toMatchObject({ requests: 5, successes: 2, rejected: 3 })
  })

  it('may change once they were read', async () => {
    const { predictor } = await createKernelDrivenModel({ files: tinyFiles('1.0.0', { offset: 1 }) })
    const row = [1, 0]
    const answer = predictor.predict(row)
    row[0] = 9
    expect(await answer).toMatchObject({ value: 2 })
    const now = predictor.predictSync(row)
    row[0] = 5
    predictor.predictSync(row)
    expect(now).toMatchObject({ value: 10 })
    const matrix = Float64Array.of(1, 0, 2, 0)
    const { value } = predictor.runSync(matrix, 2)
    predictor.runSync(matrix.fill(7), 2)
    expect(value).toEqual(Float64Array.of(2, 3))
  })
})
