// Boosters in pickles and at the end of pipelines, converted and asked, against what their wrappers answered in Python.

import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { readPickle } from '../../../converters/formats/pickle/read-pickle.ts'
import { readSkops } from '../../../converters/formats/skops/read-skops.ts'
import { sklearnToSourceModel } from '../../../converters/frontends/sklearn/to-source-model.ts'
import { convertModel } from '../../../converters/index.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import { createRowReader } from '../../../src/rows/read-row.ts'
import { loadModel } from '../../../src/runtime/load-model.ts'
import { pipelineCaseNames, readPipelineCase, readWholeTable, wholeTableNames } from './pipelines-cases.ts'

const names = pipelineCaseNames()

/** XGBoost adds leaves up in float32, and answers in it; LightGBM does neither. */
function toleranceOf(name: string): number {
  return name.startsWith('xgboost') ? 2e-6 : 1e-12
}

function isClose(got: unknown, expected: unknown, tolerance: number): boolean {
  if (Array.isArray(expected))
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((item, i) => isClose(got[i], item, tolerance))
    )
  if (typeof expected === 'number' && typeof got === 'number')
    return Math.abs(got - expected) <= tolerance * (1 + Math.abs(expected))
  return got === expected
}

type Answer = { readonly label?: unknown; readonly value?: unknown; readonly probabilities?: unknown }

function assertAnswers(name: string, answers: readonly Answer[], tolerance: number): void {
  const { rows, expected } = readPipelineCase(name)
  expect(answers).toHaveLength(rows.length)
  const wrong = answers.flatMap(({ label, value, probabilities }, i) => {
    // A multilabel case has the probability of yes for each target.
    const pairs = [
      [label ?? value, expected.predict?.[i]],
      [probabilities, expected.predict_proba?.[i]],
    ]
    return pairs.flatMap(([got, want]) =>
      want === undefined || isClose(got, want, tolerance)
        ? []
        : [`row ${i} ${JSON.stringify(rows[i])}: ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`],
    )
  })
  expect(wrong).toEqual([])
}

it('has cases of several versions of both packages', () => {
  const folders = new Set(names.map((name) => name.split('/')[0]))
  expect(folders).toEqual(
    new Set(['lightgbm-3.3.5', 'lightgbm-4.6.0', 'xgboost-1.5.2', 'xgboost-1.7.6', 'xgboost-3.4.1']),
  )
})

it.each(names)('answers as its wrapper does: %s', (name) => {
  const { file, bytes, rows } = readPipelineCase(name)
  const { graph, head, schema } = sklearnToSourceModel((file.endsWith('.skops') ? readSkops : readPickle)(bytes))
  const [reader, decode] = [createRowReader(schema), createDecoder(head)]
  for (const regions of [graph, foldRegions(graph, schema)]) {
    const answers = rows.map((row) => {
      const canonical = new Float64Array(schema.features.length)
      reader.read(row as never, canonical, 0)
      return decode(interpret(regions, canonical), 0)
    })
    assertAnswers(name, answers, toleranceOf(name))
  }
})

describe('artifacts without quantization', () => {
  const few = names.filter((name) =>
    /(3\.4\.1|4\.6\.0)\/(pipeline_(sparse|three|regressor|linear)|early$|categories|booster)/.test(name),
  )
  it.each(few)('answer as the wrapper does: %s', async (name) => {
    const { file, bytes, rows } = readPipelineCase(name)
    const { files } = await convertModel({ [file]: bytes }, { quantize: 'none' })
    const model = await loadModel(files, { backend: 'wasm', caching: false })
    const answers = await model.predictBatch(rows as never)
    await model.close()
    assertAnswers(name, answers as Answer[], 1e-5)
  })
})

it.each(wholeTableNames())('agrees on every row of a table: %s', async (name) => {
  const { file, bytes, rows, probabilities, labels } = readWholeTable(name)
  expect(rows.length).toBeGreaterThan(4000)
  const { files } = await convertModel({ [file]: bytes }, { quantize: 'none' })
  const model = await loadModel(files, { backend: 'wasm', caching: false })
  const answers = (await model.predictBatch(rows as never)) as unknown as { label: unknown; probabilities: number[] }[]
  await model.close()
  const wrong = answers.flatMap(({ label, probabilities: [, p] }, i) =>
    label === labels[i] && isClose(p, probabilities[i], 1e-5) ? [] : [`row ${i}: ${label} ${p}, ${probabilities[i]}`],
  )
  expect(wrong).toEqual([])
})

describe('with uint8 weights', () => {
  const few = names.filter((name) =>
    /(3\.4\.1|4\.6\.0)\/(pipeline_(sparse|ordinal|three|regressor|linear)|categories)/.test(name),
  )
  it.each(few)('stays within 2 % of the wrapper: %s', async (name) => {
    const { file, bytes, rows, expected } = readPipelineCase(name)
    const { files } = await convertModel({ [file]: bytes }, { quantize: 'uint8' })
    const model = await loadModel(files, { backend: 'wasm', caching: false })
    const answers = (await model.predictBatch(rows as never)) as unknown as Answer[]
    await model.close()
    const largest = Math.max(...[expected.predict ?? []].flat(2).map((value) => Math.abs(Number(value)) || 0))
    const far = answers.flatMap(({ value, probabilities }, i) => {
      const want = expected.predict_proba?.[i] ?? expected.predict?.[i]
      const limit = 0.02 * (probabilities === undefined ? largest : 1)
      const differences = [probabilities ?? value]
        .flat()
        .map((got, k) => Math.abs(Number(got) - Number([want].flat()[k])))
      return differences.every((difference) => difference <= limit) ? [] : [`row ${i}: ${differences.join()}`]
    })
    expect(far).toEqual([])
  })
})
