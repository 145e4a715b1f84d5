// Tables and what became of them in, histograms of the errors out.
import { expect, test } from 'vitest'
import { type QuantizedTables, weightErrors } from '../../../converters/check/weight-errors.ts'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { quantizeRegions } from '../../../converters/quantize/quantize-regions.ts'
import { sklearnToSourceModel } from '../../../converters/frontends/sklearn/to-source-model.ts'
import { readPickle } from '../../../converters/formats/pickle/read-pickle.ts'
import type { DenseChain, DenseLayer } from '../../../src/regions/dense-chain.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { readFileSync } from 'node:fs'

const refs = (order: readonly number[]) => order.map((column) => ({ region: 0, column }))
const graphOf = (chain: DenseChain): RegionGraph => ({
  regions: [{ kind: 'input', width: chain.inputs.length }, chain],
  output: [{ region: 1, column: 0 }],
})

function layer(inputWidth: number, outputWidth: number, weightOf: (at: number) => number): DenseLayer {
  const weights = Float64Array.from({ length: inputWidth * outputWidth }, (_, at) => weightOf(at))
  return { inputWidth, outputWidth, weights, bias: new Float64Array(outputWidth), activation: 'relu' }
}

/** Rows and columns in another order, each weight moved by what `error` says of its place in the source. */
function reordered(source: DenseLayer, [rows, columns]: readonly (readonly number[])[], error: (at: number) => number) {
  const { outputWidth } = source
  const weights = Float64Array.from(source.weights, (_, at) => {
    const from = rows[Math.floor(at / outputWidth)] * outputWidth + columns[at % outputWidth]
    return source.weights[from] + error(from)
  })
  return { ...source, weights, bias: Float64Array.from(columns, (column) => source.bias[column]) }
}

const [first, second] = [layer(3, 4, (at) => Math.sin(7 * at + 1)), layer(4, 1, (at) => Math.cos(3 * at))]
const source = graphOf({ kind: 'dense-chain', inputs: refs([0, 1, 2]), layers: [first, second] })

test('finds inputs and hidden units again that are stored in another order', () => {
  const error = (at: number): number => (at === 5 ? 0.01 : -0.0025)
  const [inputs, units] = [
    [2, 0, 1],
    [3, 1, 0, 2],
  ]
  const chain: DenseChain = {
    kind: 'dense-chain',
    inputs: refs(inputs),
    layers: [reordered(first, [inputs, units], error), reordered(second, [units, [0]], () => 0)],
  }
  const maxErrors = new Map([['dense1/0/weights', 0.01]])
  const quantized: QuantizedTables = { graph: graphOf(chain), maxErrors, tensors: [], choices: new Map() }
  const [histogram, ...others] = weightErrors(source, quantized)
  expect(others).toEqual([])
  expect(histogram).toMatchObject({ tensor: 'dense1/0/weights', elementCount: 12, most: expect.closeTo(0.01, 12) })
  expect(histogram.counts.filter((count) => count > 0)).toEqual([11, 1])
  expect(histogram.counts.at(-1)).toBe(1)
})

test('says nothing of a layer whose units cannot be found again', () => {
  const chain: DenseChain = {
    kind: 'dense-chain',
    inputs: refs([0, 1, 2]),
    layers: [layer(3, 4, (at) => at), second],
  }
  const quantized: QuantizedTables = { graph: graphOf(chain), maxErrors: new Map(), tensors: [], choices: new Map() }
  expect(weightErrors(source, quantized)).toEqual([])
})

const modelOf = (name: string, file: string) => {
  const path = new URL(`../../golden/sklearn/1.9/${name}/${file}`, import.meta.url)
  const model = sklearnToSourceModel(readPickle(new Uint8Array(readFileSync(path))))
  return { ...model, folded: foldRegions(model.graph, model.schema) }
}

test.each([
  ['mlp_classifier_20_64_32_1', 'model.joblib'],
  ['mlp_classifier_30_100_50_3', 'model.joblib'],
  ['random_forest_classifier', 'model.joblib'],
])('finds of %s the largest errors that its records state', (name, file) => {
  const { folded, schema, head } = modelOf(name, file)
  const quantized = quantizeRegions(folded, { mode: 'uint8', schema, head })
  const histograms = weightErrors(folded, quantized)
  expect(histograms.length).toBeGreaterThan(0)
  for (const { tensor, most, counts, elementCount } of histograms) {
    const stated = [...quantized.maxErrors].filter(([other]) => other.startsWith(tensor)).map(([, error]) => error)
    if (stated.length > 0) expect(most).toBeCloseTo(Math.max(...stated), 12)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(elementCount)
  }
})
