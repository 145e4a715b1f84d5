// LightGBM models of 3.3.5 and 4.6.0, converted, loaded and asked as a user would, against LightGBM's own answers.
import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { readLightgbm } from '../../../converters/formats/lightgbm/read-lightgbm.ts'
import { lightgbmToSourceModel } from '../../../converters/frontends/lightgbm/to-source-model.ts'
import { convertModel } from '../../../converters/index.ts'
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
  const { bytes, rows, raw } = readLightgbmCase(version, name)
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

async function asked({ bytes, rows }: LightgbmCase, quantize: 'none' | 'uint8'): Promise<readonly Answer[]> {
  const { files } = await convertModel({ 'model.txt': bytes }, { quantize })
  const model = await loadModel(files, { backend: 'wasm', caching: false })
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

describe('with uint8 weights', () => {
  const few = kinds.filter(([version, name]) => version === '4.6' && !/_(fair|huber|mape|quantile|gamma)$/.test(name))
  it.each(few)('stays near LightGBM %s for %s', async (version, name) => {
    const one = readLightgbmCase(version, name)
    const most = one.raw[0].length > 1 || /binary|credit|entropy/.test(name) ? 0.02 : 0.02 * largest(one)
    assertClose(await asked(one, 'uint8'), one, quantized(most, largest(one)))
  })
})
