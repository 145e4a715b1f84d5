// LightGBM models of 3.3.5 and 4.6.0, converted, loaded and asked as a user would, against LightGBM's own answers.
import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { readLightgbm } from '../../../converters/formats/lightgbm/read-lightgbm.ts'
import { lightgbmToSourceModel } from '../../../converters/frontends/lightgbm/to-source-model.ts'
import { convertModel, inspectModel } from '../../../converters/index.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import { createRowReader } from '../../../src/rows/read-row.ts'
import { loadModel } from '../../../src/runtime/load-model.ts'
import { type Closeness, float32, quantized } from '../../helpers/close.ts'
import { type LightgbmCase, lightgbmCaseNames, lightgbmVersions, readLightgbmCase } from './lightgbm-cases.ts'

type Answer = {
  readonly label?: number
  readonly probabilities?: readonly number[]
  readonly scores?: number | readonly number[]
  readonly value?: number
}

const kinds = lightgbmVersions.flatMap((version) => lightgbmCaseNames(version).map((name) => [version, name] as const))

it.each(kinds)('takes the branch of LightGBM %s for every row of %s', (version, name) => {
  const { bytes, rows, ...golden } = readLightgbmCase(version, name)
  // functions of the raw scores are regions too
  const raw = /^sqrt_|_lambda$/.test(name) ? golden.answers : golden.raw
  const { graph, schema } = lightgbmToSourceModel(readLightgbm(bytes))
  const reader = createRowReader(schema)
  const folded = foldRegions(graph, schema)
  const trees = bytes.toString().match(/^Tree=/gm)?.length ?? 0
  // raw scores of a forest are the sum of its trees, its answers are made of the mean
  const scale = name.startsWith('rf_') ? trees / raw[0].length : 1
  rows.forEach((row, i) => {
    const canonical = new Float64Array(schema.features.length)
    reader.read(row, canonical, 0)
    for (const [form, regions] of [
      ['split', graph],
      ['folded', folded],
    ] as const) {
      const got = [...interpret(regions, canonical)].map((value) => value * scale)
      const isSame = got.every((value, k) => Math.abs(value - raw[i][k]) <= 1e-12 * (1 + Math.abs(raw[i][k])))
      expect(isSame, `row ${i} ${form}: ${row.join()} gives ${got.join()}, expected ${raw[i].join()}`).toBe(true)
    }
  })
})

async function asked(
  { bytes, rows }: LightgbmCase,
  quantize: 'none' | 'uint8',
  backend: 'wasm' | 'kernel' = 'wasm',
): Promise<readonly Answer[]> {
  const { files } = await convertModel({ 'model.txt': bytes }, { quantize })
  const model = await loadModel(files, { backend, caching: false })
  const answers = await model.predictBatch(rows as never)
  await model.close()
  return answers as unknown as Answer[]
}

/** What `predict()` would print. */
function printed({ probabilities, value }: Answer): readonly number[] {
  if (probabilities === undefined) return [value ?? Number.NaN]
  return probabilities.length === 2 ? [probabilities[1]] : probabilities
}

function assertClose(got: readonly Answer[], { rows, answers }: LightgbmCase, close: Closeness): void {
  const wrong = got.flatMap((answer, i) => {
    const values = printed(answer)
    return values.length === answers[i].length && values.every((value, k) => close(value, answers[i][k]))
      ? []
      : [`row ${i} ${rows[i].join()}: ${values.join()}, expected ${answers[i].join()}`]
  })
  expect(wrong).toEqual([])
}

function largest({ answers }: LightgbmCase): number {
  return Math.max(...answers.flat().map(Math.abs))
}

describe('unquantized', () => {
  it.each(kinds)('answers as LightGBM %s does for %s', async (version, name) => {
    const one = readLightgbmCase(version, name)
    const got = await asked(one, 'none')
    assertClose(got, one, float32(largest(one)))
    if (got[0].label === undefined) return
    const labels = one.answers.map((row) => {
      const all = row.length === 1 ? [1 - row[0], row[0]] : row
      return all.indexOf(Math.max(...all))
    })
    expect(got.map(({ label }) => label)).toEqual(labels)
    const scores = got.map((answer) => [answer.scores ?? []].flat())
    if (!name.startsWith('rf_'))
      expect(scores.every((row, i) => row.every((s, k) => float32(5)(s, one.raw[i][k])))).toBe(true)
  })
})

it.each(['categories_codes', 'categories_codes_zero', 'missing_zero', 'tiny_zero', 'multiclassova_sigmoid'])(
  'answers the same from a kernel for %s',
  async (name) => {
    const one = readLightgbmCase('4.6', name)
    assertClose(await asked(one, 'none', 'kernel'), one, float32(largest(one)))
  },
)

it('inspects a file without converting it', async () => {
  const { bytes } = readLightgbmCase('4.6', 'rf_multiclass')
  const inspection = await inspectModel({ 'model.txt': bytes, 'notes.txt': new Uint8Array(3) })
  expect(inspection).toMatchObject({
    kind: 'source',
    file: 'model.txt',
    format: 'lightgbm',
    estimator: { className: 'Booster', parameters: { trees: '15', average_output: 'True' } },
    model: { framework: 'LightGBM', frameworkVersion: 'v4', classes: [0, 1, 2] },
    problems: [],
  })
})

it.each(['missing_zero', 'categories_codes', 'categories_pandas', 'binary_sigmoid'])(
  'explains answers of %s: parts add up',
  async (name) => {
    const one = readLightgbmCase('4.6', name)
    const { files } = await convertModel({ 'model.txt': one.bytes }, { quantize: 'none' })
    const model = await loadModel(files, { backend: 'wasm', caching: false })
    for (const [i, row] of one.rows.slice(0, 10).entries()) {
      const { method, base, contributions } = await model.explain(row as never)
      expect(method).toBe('tree-shap')
      const sum = contributions.reduce((total, { contribution }) => total + contribution, base)
      expect(float32(5)(sum, one.raw[i][0]), `row ${i}: ${sum}, expected ${one.raw[i][0]}`).toBe(true)
    }
    await model.close()
  },
)

describe('with uint8 weights', () => {
  const few = kinds.filter(([version]) => version === '4.6')
  it.each(few)('stays near LightGBM %s for %s', async (version, name) => {
    const one = readLightgbmCase(version, name)
    const most = one.raw[0].length > 1 || /binary|credit|entropy/.test(name) ? 0.02 : 0.02 * largest(one)
    assertClose(await asked(one, 'uint8'), one, quantized(most, largest(one)))
  })
})
