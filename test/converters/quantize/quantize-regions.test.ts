// Region graphs and modes in; stored tables within their size and error, and the graph that they amount to, out.
import { describe, expect, test } from 'vitest'
import { flat } from '../../../converters/check/answer-difference.ts'
import { featureKnowledge } from '../../../converters/quantize/feature-knowledge.ts'
import { quantizeRegions } from '../../../converters/quantize/quantize-regions.ts'
import type { QuantizeMode } from '../../../converters/quantize/quantize-mode.ts'
import { syntheticRows } from '../../../converters/quantize/synthetic-rows.ts'
import { encodeTensor } from '../../../src/artifact/encode-tensor.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { Region } from '../../../src/regions/region.ts'
import { restoreRegions } from '../../../src/regions/store.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import { binaryHead, denseModel, stumps, type TestModel, treeModel, valueHead } from './models.ts'

function quantize({ graph, schema, head }: TestModel, mode: QuantizeMode = 'uint8') {
  return quantizeRegions(graph, { mode, schema, head })
}

type Quantized = ReturnType<typeof quantize>

function byteLength({ tensors, choices }: Quantized): number {
  return tensors.reduce((sum, tensor) => sum + encodeTensor(tensor, choices.get(tensor.name)).bytes.length, 0)
}

/** Largest move of probabilities, or of values as a share of their range, on rows of a seed of their own. */
function largestMove({ graph, schema, head }: TestModel, quantized: Quantized): number {
  const decode = createDecoder(head)
  const rows = syntheticRows(featureKnowledge(graph, schema), 400, { seed: 99 })
  const numbersOf = (raw: Float64Array): readonly number[] => {
    const { probabilities, value } = decode(raw, 0)
    return [...flat(probabilities), ...flat(value)]
  }
  const before = rows.map((row) => numbersOf(interpret(graph, row)))
  const after = rows.map((row) => numbersOf(interpret(quantized.graph, row)))
  const moved = Math.max(...before.map((list, row) => Math.max(...list.map((x, k) => Math.abs(x - after[row][k])))))
  const all = before.flat()
  return head.kind === 'regressor' ? moved / (Math.max(...all) - Math.min(...all)) : moved
}

/** Every tenth input has weights a thousand times as large. */
function withLargeRows(model: TestModel): TestModel {
  const regions = model.graph.regions.map((region): Region => {
    if (region.kind !== 'dense-chain') return region
    const layers = region.layers.map((layer) => ({
      ...layer,
      weights: layer.weights.map((weight, at) => (Math.floor(at / layer.outputWidth) % 10 === 0 ? 1000 : 1) * weight),
    }))
    return { ...region, layers }
  })
  return { ...model, graph: { ...model.graph, regions } }
}

describe('uint8 of a dense chain', () => {
  const cases: readonly (readonly [name: string, model: TestModel, bar: number])[] = [
    ['20 → 64 → 32 → 1, sigmoid', denseModel([20, 64, 32, 1], binaryHead), 0.01],
    ['8 → 100 → 1, a value', denseModel([8, 100, 1], valueHead), 0.005],
    ['30 → 40 → 1, tanh', denseModel([30, 40, 1], binaryHead, 'tanh'), 0.01],
  ]

  test.each(cases)('%s stays within 0.3 of float32 and within the bar', (_name, model, bar) => {
    const quantized = quantize(model)
    const [, , chain] = model.graph.regions
    if (chain.kind !== 'dense-chain') throw new Error('the third region is the chain')
    const float32 = 4 * chain.layers.reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0)
    expect(byteLength(quantized)).toBeLessThanOrEqual(0.3 * float32)
    expect(largestMove(model, quantized)).toBeLessThanOrEqual(bar)
  })

  // Categories that were rare have weights a thousand times as large as others, and coarsened the grid of all.
  test.each([1, 4])('stays within both bars where few of 300 weights into %d outputs are large', (width) => {
    const model = withLargeRows(denseModel([300, width], { kind: 'regressor', link: 'identity', targetCount: width }))
    const quantized = quantize(model)
    expect(byteLength(quantized)).toBeLessThanOrEqual(0.3 * 4 * 301 * width)
    expect(largestMove(model, quantized)).toBeLessThanOrEqual(0.001)
    expect(quantized.tensors.filter(({ role }) => role === 'dense').length).toBeGreaterThan(1)
  })

  test('gives the graph that a reader of the bytes restores', () => {
    const quantized = quantize(denseModel([8, 40, 1], binaryHead))
    const decoded = quantized.tensors.map(
      (tensor) => [tensor.name, encodeTensor(tensor, quantized.choices.get(tensor.name)).decoded] as const,
    )
    expect(restoreRegions(quantized.stored, new Map(decoded))).toEqual(quantized.graph)
  })

  test('gives the same tensors for the same model', () => {
    const model = denseModel([8, 40, 1], binaryHead)
    expect(quantize(model).tensors).toEqual(quantize(model).tensors)
  })

  test('rounds a chain of less than a kilobyte less, and says why', () => {
    const { choices } = quantize(denseModel([10, 1], binaryHead))
    expect(choices.get('dense2/0/weights')).toMatchObject({
      encoding: 'uint16',
      escalated: expect.stringContaining('44'),
    })
  })

  test('leaves small weights alone where nothing says how large their inputs are', () => {
    const { graph, schema, head } = denseModel([10, 1], binaryHead)
    const chain = graph.regions[2]
    if (chain.kind !== 'dense-chain') throw new Error('the third region is the chain')
    const inputs = chain.inputs.map(({ column }) => ({ region: 0, column }))
    const bare = { regions: [graph.regions[0], { ...chain, inputs }], output: [{ region: 1, column: 0 }] }
    const { choices } = quantize({ graph: bare, schema, head })
    expect(choices.get('dense1/0/weights')?.encoding).toBe('float32')
  })
})

test('none stores the weights of the source, rounded to float32 once', () => {
  const model = denseModel([8, 40, 1], binaryHead)
  const { graph, choices } = quantize(model, 'none')
  const [source, stored] = [model.graph.regions[2], graph.regions[2]]
  if (source.kind !== 'dense-chain' || stored.kind !== 'dense-chain') throw new Error('the third region is the chain')
  expect(stored.layers[0].weights).toEqual(source.layers[0].weights.map(Math.fround))
  expect(new Set([...choices.values()].map(({ encoding }) => encoding))).toEqual(new Set(['float32']))
})

test.each(['uint16', 'float16'] as const)('%s moves answers less than uint8', (mode) => {
  const model = denseModel([20, 64, 1], binaryHead)
  expect(largestMove(model, quantize(model, mode))).toBeLessThan(largestMove(model, quantize(model)))
})

test('stores trees without changing where rows go', () => {
  const model = treeModel(stumps([-0.3, 0.2, 0.1, -0.2, 0.4, -0.1]), binaryHead)
  const [source, stored] = [model.graph.regions[2], quantize(model).graph.regions[2]]
  if (source.kind !== 'tree-ensemble' || stored.kind !== 'tree-ensemble') throw new Error('the third region is trees')
  expect([stored.jump, stored.rank, stored.column]).toEqual([source.jump, source.rank, source.column])
})

test.each([NaN, Infinity])('refuses a weight of %s', (bad) => {
  const model = denseModel([4, 1], binaryHead)
  const chain = model.graph.regions[2]
  if (chain.kind !== 'dense-chain') throw new Error('the third region is the chain')
  chain.layers[0].weights[2] = bad
  expect(() => quantize(model)).toThrow(expect.objectContaining({ code: 'FILE_CORRUPT' }))
  expect(() => quantize(treeModel(stumps([1, bad]), valueHead))).toThrow(
    expect.objectContaining({ code: 'FILE_CORRUPT' }),
  )
})
