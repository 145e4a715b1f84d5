// CatBoost models of 1.0.6 and 1.2.10 as JSON, converted, loaded and asked, against CatBoost's own answers.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { readCatboost } from '../../../converters/formats/catboost/read-catboost.ts'
import { catboostToSourceModel } from '../../../converters/frontends/catboost/to-source-model.ts'
import { convertModel, inspectModel } from '../../../converters/index.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import { createRowReader } from '../../../src/rows/read-row.ts'
import { loadModel } from '../../../src/runtime/load-model.ts'
import { catboostBytes, catboostCaseNames, readCatboostCase, readCatboostTable } from './catboost-cases.ts'

const names = catboostCaseNames()

function isClose(got: unknown, expected: unknown, tolerance: number): boolean {
  if (Array.isArray(expected)) {
    const list = Array.isArray(got) ? got : [got]
    return list.length === expected.length && expected.every((item, i) => isClose(list[i], item, tolerance))
  }
  if (typeof expected === 'number' && typeof got === 'number')
    return Math.abs(got - expected) <= tolerance * (1 + Math.abs(expected))
  return got === expected
}

it('has cases of two versions', () => {
  expect(new Set(names.map((name) => name.split('/')[0]))).toEqual(new Set(['1.0.6', '1.2.10']))
})

it.each(names)('adds up the raw values of CatBoost for every row: %s', (name) => {
  const { bytes, rows, raw } = readCatboostCase(name)
  const { graph, schema } = catboostToSourceModel(readCatboost(bytes))
  const reader = createRowReader(schema)
  for (const regions of [graph, foldRegions(graph, schema)]) {
    const wrong = rows.flatMap((row, i) => {
      const canonical = new Float64Array(schema.features.length)
      reader.read(row, canonical, 0)
      const got = [...interpret(regions, canonical)]
      return isClose(got, [raw[i]].flat(), 1e-12)
        ? []
        : [`row ${i} ${row.join()}: ${got.join()}, expected ${String(raw[i])}`]
    })
    expect(wrong).toEqual([])
  }
})

type Answer = { readonly label?: unknown; readonly value?: unknown; readonly probabilities?: unknown }

function assertAnswers(name: string, answers: readonly Answer[], tolerance: number): void {
  const { predict, probabilities } = readCatboostCase(name)
  const wrong = answers.flatMap((answer, i) => {
    // A label of several classes is a list of one there.
    const expected = [predict[i]].flat()
    const isRight =
      isClose(answer.label ?? answer.value, expected.length === 1 ? expected[0] : expected, tolerance) &&
      (probabilities === undefined || isClose(answer.probabilities, probabilities[i], tolerance))
    return isRight
      ? []
      : [`row ${i}: ${JSON.stringify(answer)}, expected ${JSON.stringify([predict[i], probabilities?.[i]])}`]
  })
  expect(wrong).toEqual([])
}

it.each(names)('answers as predict and predict_proba do: %s', (name) => {
  const { bytes, rows } = readCatboostCase(name)
  const { graph, head, schema } = catboostToSourceModel(readCatboost(bytes))
  const [reader, decode] = [createRowReader(schema), createDecoder(head)]
  const answers = rows.map((row) => {
    const canonical = new Float64Array(schema.features.length)
    reader.read(row, canonical, 0)
    return decode(interpret(graph, canonical), 0)
  })
  assertAnswers(name, answers, 1e-12)
})

async function asked(name: string, quantize: 'none' | 'uint8'): Promise<readonly Answer[]> {
  const { bytes, rows } = readCatboostCase(name)
  const { files } = await convertModel({ 'model.json': bytes }, { quantize })
  const model = await loadModel(files, { backend: 'wasm', caching: false })
  const answers = await model.predictBatch(rows as never)
  await model.close()
  return answers as readonly Answer[]
}

describe('artifacts', () => {
  const few = ['logloss', 'onevsall', 'one_hot', 'lossguide', 'poisson', 'scale_and_bias'].map(
    (name) => `1.2.10/${name}`,
  )

  it.each(few)('answer as CatBoost does without quantization: %s', async (name) => {
    assertAnswers(name, await asked(name, 'none'), 1e-5)
  })

  it.each(few)('stay within 2 % of CatBoost with uint8 weights: %s', async (name) => {
    const { predict, probabilities } = readCatboostCase(name)
    const expected = probabilities ?? predict
    const largest = Math.max(...[expected].flat(2).map((value) => Math.abs(Number(value))))
    const far = (await asked(name, 'uint8')).flatMap(({ probabilities: got, value }, i) => {
      const differences = [got ?? value].flat().map((one, k) => Math.abs(Number(one) - Number([expected[i]].flat()[k])))
      return differences.every((difference) => difference <= 0.02 * largest) ? [] : [`row ${i}: ${differences.join()}`]
    })
    expect(far).toEqual([])
  })
})

describe('a whole table', () => {
  it.each(['1.0.6', '1.2.10'])('gets the answers of CatBoost %s on every row', async (version) => {
    const { bytes, table, target, texts, missing, labels, probability, label } = readCatboostTable(version)
    const records = parse(readFileSync(join(import.meta.dirname, '../../../models', table)), {
      columns: true,
    }) as Record<string, string>[]
    const rows = records.map(({ [target]: _, ...row }) =>
      Object.fromEntries(Object.entries(row).map(([name, text]) => [name, valueOf(name, text)])),
    )
    function valueOf(name: string, text: string): string | number | null {
      const isMissing = text === '' || text === 'NA'
      if (texts.includes(name)) return isMissing ? missing : text
      return isMissing ? null : Number(text)
    }
    const doubles = (base64: string) => new Float64Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer)
    const [yes, isYes] = [doubles(probability), doubles(label)]
    const { files } = await convertModel({ 'model.json': bytes }, { quantize: 'none' })
    const model = await loadModel(files, { backend: 'wasm', caching: false })
    const answers = (await model.predictBatch(rows as never)) as unknown as { label: string; probabilities: number[] }[]
    await model.close()
    expect(answers).toHaveLength(4454)
    const wrong = answers.flatMap((answer, i) =>
      answer.label === labels[isYes[i]] && isClose(answer.probabilities[1], yes[i], 1e-5)
        ? []
        : [`row ${i}: ${answer.label}`],
    )
    expect(wrong).toEqual([])
  })
})

it('inspects a file without converting it', async () => {
  expect(await inspectModel({ 'model.json': catboostBytes('1.2.10/one_hot') })).toMatchObject({
    kind: 'source',
    format: 'catboost',
    estimator: { className: 'CatBoost', parameters: { trees: '14', loss_function: 'Logloss' } },
    model: { framework: 'CatBoost', frameworkVersion: '1.2.10', classes: ['a', 'b'] },
    problems: [],
  })
})

it('explains answers: parts add up', async () => {
  const { bytes, rows, raw } = readCatboostCase('1.2.10/one_hot')
  const { files } = await convertModel({ 'model.json': bytes }, { quantize: 'none' })
  const model = await loadModel(files, { backend: 'wasm', caching: false })
  const { method, base, contributions } = await model.explain(rows[0] as never)
  await model.close()
  expect(method).toBe('tree-shap')
  expect(
    isClose(
      contributions.reduce((sum, { contribution }) => sum + contribution, base),
      raw[0],
      1e-5,
    ),
  ).toBe(true)
})
