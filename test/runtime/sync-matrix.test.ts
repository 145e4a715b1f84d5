// runSync, predictSync, predict and predictBatch of one model give the same answers.
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { convertModel } from '../../converters/index.ts'
import type { MatrixAnswers, ModelPredictor, Prediction } from '../../src/index.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'
import { createKernelDrivenModel } from '../helpers/kernel-driven-model.ts'

type Files = Record<string, Uint8Array>
type Rows = readonly (Record<string, unknown> | unknown[])[]

const goldenUrl = new URL('../golden/sklearn/1.9/', import.meta.url)

async function golden(name: string): Promise<{ files: Files; rows: Rows }> {
  const file = ['model.joblib', 'model.pkl'].find((candidate) =>
    existsSync(new URL(`${name}/${candidate}`, goldenUrl)),
  )!
  const bytes = new Uint8Array(readFileSync(new URL(`${name}/${file}`, goldenUrl)))
  const { rows } = JSON.parse(readFileSync(new URL(`${name}/golden.json`, goldenUrl), 'utf8')) as { rows: Rows }
  return { files: (await convertModel({ [file]: bytes }, { quantize: 'uint8' })).files, rows }
}

async function bundled(name: 'telco_churn' | 'credit_risk'): Promise<{ files: Files; rows: Rows }> {
  return { files: await artifactFiles(name), rows: heldOut(name).rows }
}

const sources: readonly (readonly [name: string, open: () => Promise<{ files: Files; rows: Rows }>])[] = [
  ['telco_churn', () => bundled('telco_churn')],
  ['credit_risk', () => bundled('credit_risk')],
  ...[
    'gradient_boosting_classifier_multiclass',
    'gradient_boosting_classifier_text_labels',
    'logistic_regression_boolean_labels',
    'logistic_regression_multinomial_text',
    'mlp_classifier_multilabel',
    'decision_tree_classifier_text_targets',
    'random_forest_classifier_targets',
    'decision_tree_classifier_one_class',
    'hist_gradient_boosting_classifier_missing',
    'hist_gradient_boosting_regressor_gamma',
    'random_forest_regressor_targets',
    'mlp_regressor_targets',
    'standard_scaler_frame',
    'simple_imputer_indicator',
    'one_hot_ignore',
  ].map((name) => [name, () => golden(name)] as const),
]

/** Numbers of one row, as `runSync` lays them out. */
type Flat = { readonly [Name in keyof MatrixAnswers]: number[] }

/** Multilabel models answer 1 or 0 a class, classifiers a class, by its number among those of its target. */
function flatOf(prediction: Prediction, { schema }: ModelPredictor, isMultilabel: boolean): Flat {
  const { label, probabilities, scores, value, vector } = prediction
  const targets = [schema?.classes ?? []].flat(1).some(Array.isArray)
    ? (schema!.classes as unknown[][])
    : [schema?.classes as unknown[]]
  const numbers = (given: unknown): number[] => [given].flat(3) as number[]
  const labels = (): number[] =>
    isMultilabel ? numbers(label) : [label].flat(2).map((given, target) => targets[target].indexOf(given))
  return {
    ...(label !== undefined && { label: labels() }),
    ...(probabilities !== undefined && { probabilities: numbers(probabilities) }),
    ...(scores !== undefined && { scores: numbers(scores) }),
    ...(value !== undefined && { value: numbers(value) }),
    ...(vector !== undefined && { vector: numbers(vector) }),
  }
}

function rowOf(answers: MatrixAnswers, row: number, like: Flat): Flat {
  return Object.fromEntries(
    Object.entries(like).map(([name, { length }]) => [
      name,
      [...answers[name as keyof MatrixAnswers]!.subarray(row * length, (row + 1) * length)],
    ]),
  )
}

/** Within what float32 and the order of a sum may change. */
function expectClose(got: unknown, expected: unknown, at: string): void {
  if (Array.isArray(expected) && Array.isArray(got) && got.length === expected.length)
    return expected.forEach((value, i) => expectClose(got[i], value, `${at}[${i}]`))
  if (Object.is(got, expected)) return
  const isClose =
    typeof expected === 'number' &&
    typeof got === 'number' &&
    Math.abs(got - expected) <= 1e-5 * Math.max(1, Math.abs(expected))
  if (!isClose) expect.fail(`${at} is ${String(got)}, expected ${String(expected)}`)
}

describe.each(sources)('%s', (name, open) => {
  let model: ModelPredictor
  let graph: ModelPredictor
  let rows: Rows
  let files: Files
  let matrix: Float64Array
  let answers: Prediction[]
  const isMultilabel = name.endsWith('multilabel')

  beforeAll(async () => {
    const source = await open()
    const { rows: all } = source
    files = source.files
    model = await loadModel(files, { backend: 'kernel', caching: false })
    graph = await loadModel(files, { backend: 'wasm', caching: false })
    const entries = await model.predictBatch(all.slice(0, 120) as never)
    rows = all.filter((_, i) => i < 120 && !(entries[i] instanceof Error))
    answers = entries.filter((entry): entry is Prediction => !(entry instanceof Error))
    const { features } = model.schema!
    matrix = new Float64Array(rows.length * features.length)
    rows.forEach((row, r) =>
      features.forEach((feature, f) => {
        const value = Array.isArray(row) ? row[f] : row[feature.name]
        const isCategory = feature.dtype === 'string'
        matrix[r * features.length + f] =
          value === null || value === undefined
            ? NaN
            : isCategory
              ? feature.categories!.indexOf(value as string)
              : Number(value)
      }),
    )
  })
  afterAll(async () => {
    await model.close()
    await graph.close()
  })

  it('answers alike by predict, predictSync, predictBatch and runSync', async () => {
    expect(answers.length).toBeGreaterThan(0)
    const all = model.runSync(matrix, rows.length)
    for (const [i, row] of rows.entries()) {
      const alone = model.predictSync(row as never)
      expect(await model.predict(row as never)).toEqual(alone)
      // sums of many rows are made in another order
      const flat = flatOf(alone, model, isMultilabel)
      const inBatch = flatOf(answers[i], model, isMultilabel)
      for (const part of Object.keys(flat) as (keyof Flat)[])
        expectClose(inBatch[part], flat[part], `row ${i} of predictBatch: ${part}`)
      expect(Object.keys(all).sort()).toEqual(Object.keys(flat).sort())
      const got = rowOf(all, i, flat)
      for (const part of Object.keys(flat) as (keyof Flat)[])
        expectClose(got[part], flat[part], `row ${i} of runSync: ${part}`)
    }
  })

  it('answers what the graph answers', async () => {
    const entries = await graph.predictBatch(rows as never)
    entries.forEach((entry, i) => {
      const { label, probabilities, scores, value, vector } = entry as Prediction
      const expected = { label, probabilities, scores, value, vector }
      for (const part of Object.keys(expected) as (keyof typeof expected)[])
        expectClose(answers[i][part], expected[part], `row ${i}: ${part}`)
    })
  })

  it.each([0, 1, 2, 255, 256, 257, 1000])('answers a matrix of %i rows as each row alone', (rowCount) => {
    const width = model.schema!.features.length
    const many = new Float64Array(rowCount * width)
    for (let row = 0; row < rowCount; row++)
      many.set(matrix.subarray((row % rows.length) * width, ((row % rows.length) + 1) * width), row * width)
    const few = model.runSync(matrix, rows.length)
    const all = model.runSync(many, rowCount)
    for (const [part, values] of Object.entries(all) as [keyof MatrixAnswers, Float64Array][]) {
      const columns = few[part]!.length / rows.length
      expect(values).toHaveLength(rowCount * columns)
      for (let row = 0; row < rowCount; row++)
        for (let k = 0; k < columns; k++)
          expectClose(
            values[row * columns + k],
            few[part]![(row % rows.length) * columns + k],
            `${part} of row ${row} of ${rowCount}`,
          )
    }
  })

  it('writes into given arrays, and no further', () => {
    const fresh = model.runSync(matrix, rows.length)
    const into = Object.fromEntries(
      Object.entries(fresh).map(([part, values]) => [
        part,
        new (values.constructor as Float64ArrayConstructor)(values.length + 3).fill(-7),
      ]),
    ) as MatrixAnswers
    expect(model.runSync(matrix, rows.length, { into })).toBe(into)
    for (const [part, values] of Object.entries(fresh) as [keyof MatrixAnswers, Float64Array][])
      expect([...into[part]!]).toEqual([...values, -7, -7, -7])
    const [part] = Object.keys(fresh) as (keyof MatrixAnswers)[]
    const exact = { [part]: new (fresh[part]!.constructor as Float64ArrayConstructor)(fresh[part]!.length) }
    expect(model.runSync(matrix, rows.length, { into: exact })).toBe(exact)
    expect(exact[part]).toEqual(fresh[part])
  })

  it('answers alike where there is no WebAssembly', async () => {
    const { predictor } = await createKernelDrivenModel({ files, features: { simd: false, relaxedSimd: false } })
    const expected = model.runSync(matrix, rows.length)
    const answers = predictor.runSync(matrix, rows.length)
    expect(Object.keys(answers).sort()).toEqual(Object.keys(expected).sort())
    for (const part of Object.keys(expected) as (keyof MatrixAnswers)[])
      expectClose([...answers[part]!], [...expected[part]!], part)
    for (const row of rows.slice(0, 5))
      expectClose(
        Object.values(flatOf(predictor.predictSync(row as never), predictor, isMultilabel)),
        Object.values(flatOf(model.predictSync(row as never), model, isMultilabel)),
        'predictSync',
      )
  })

  it('reads float32 as the doubles that it stands for', () => {
    const rounded = Float32Array.from(matrix)
    const asDoubles = Float64Array.from(rounded)
    const outcome = (values: Float32Array | Float64Array): unknown => {
      try {
        return model.runSync(values, rows.length)
      } catch (error) {
        return String(error)
      }
    }
    expect(outcome(rounded)).toEqual(outcome(asDoubles))
  })
})

describe('runSync', () => {
  it('gives typed arrays', async () => {
    const { predictor } = await createKernelDrivenModel()
    const answers = predictor.runSync(Float64Array.of(5, 0, -2, 0), 2)
    expectTypeOf(answers).toEqualTypeOf<MatrixAnswers>()
    expectTypeOf(answers.label).toEqualTypeOf<Int32Array | undefined>()
    expectTypeOf(answers.value).toEqualTypeOf<Float64Array | undefined>()
    expect(answers).toEqual({ value: Float64Array.of(5, -2) })
  })

  it('reads the memory of other threads', async () => {
    const { predictor } = await createKernelDrivenModel()
    const matrix = new Float64Array(new SharedArrayBuffer(4 * 8))
    matrix.set([5, 0, -2, 0])
    const value = new Float64Array(new SharedArrayBuffer(2 * 8))
    predictor.runSync(matrix, 2, { into: { value } })
    expect([...value]).toEqual([5, -2])
  })

  it('counts its rows as one batch, and none where there are none', async () => {
    const { predictor, engine, told } = await createKernelDrivenModel()
    predictor.runSync(new Float64Array(0), 0)
    expect(told).toEqual([])
    expect(predictor.getHealth().stats).toMatchObject({ requests: 0, batches: 0, latencyMs: { count: 0 } })
    expect(engine.sizesInUse).toEqual([])
    predictor.runSync(new Float64Array(2000), 1000)
    expect(predictor.getHealth().stats).toMatchObject({
      requests: 1000,
      successes: 1000,
      batches: 1,
      rowsInBatches: 1000,
      latencyMs: { count: 1000 },
    })
    expect(told.filter(({ channel }) => channel === 'batch')).toMatchObject([{ rowCount: 1000, queueMs: 0 }])
    expect(told.filter(({ channel }) => channel === 'prediction')).toHaveLength(1000)
    // the version that follows is not warmed with a batch as large as a matrix
    expect(Math.max(...engine.sizesInUse)).toBeLessThanOrEqual(512)
  })
})
