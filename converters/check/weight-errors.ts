// Tables before and after quantizing in; how far the elements of each tensor have moved, as histograms, out.

import { encodeTensor } from '../../src/artifact/encode-tensor.ts'
import type { ColumnRef } from '../../src/regions/column-ref.ts'
import type { DenseChain, DenseLayer } from '../../src/regions/dense-chain.ts'
import { formulaTensorName } from '../../src/regions/formula/define-formula.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { storeRegions } from '../../src/regions/store.ts'
import { denseTensorName } from '../../src/regions/stored-dense.ts'
import { treeTensorName } from '../../src/regions/stored-trees.ts'
import type { TreeEnsemble } from '../../src/regions/tree-ensemble.ts'
import { tablesOf } from '../quantize/formula-tables.ts'
import type { QuantizedModel } from '../quantize/quantized-tensors.ts'

/** Errors of one tensor; of a matrix that is stored in parts, of all of them. */
export type ErrorHistogram = {
  readonly tensor: string
  readonly elementCount: number
  /** The bins lie between −most and most, all as wide. */
  readonly most: number
  readonly counts: readonly number[]
}

/** An odd number, so that what has not moved has a bin of its own. */
const binCount = 41

export type QuantizedTables = Pick<QuantizedModel, 'graph' | 'maxErrors' | 'tensors' | 'choices'>

/** Tensors that are exact have none. */
export function weightErrors(source: RegionGraph, quantized: QuantizedTables): ErrorHistogram[] {
  const plain = new Map(storeRegions(source, { denseScale: 'none' }).tensors.map((tensor) => [tensor.name, tensor]))
  return source.regions.flatMap((region, index) => {
    const after = quantized.graph.regions[index]
    if (region.kind === 'tree-ensemble' && after.kind === 'tree-ensemble')
      return [
        ...treeErrors(treeTensorName(index, ''), { plain, quantized }),
        ...bookErrors(treeTensorName(index, 'leaf-book'), [region, after], quantized),
      ]
    const tables = new Map(tablesOf(after))
    const moved = tablesOf(region).flatMap(([field, { values }]) => {
      const rounded = tables.get(field)?.values ?? values
      return histogramOf(
        formulaTensorName(index, field),
        values.map((value, at) => rounded[at] - value),
      )
    })
    if (moved.length > 0) return moved
    if (region.kind !== 'dense-chain' || after.kind !== 'dense-chain') return []
    return denseErrors(region, after, { index, maxErrors: quantized.maxErrors })
  })
}

type Tensors = {
  readonly plain: ReadonlyMap<string, { readonly values: ArrayLike<number> }>
  readonly quantized: QuantizedTables
}

/** The layout of trees depends on their structure alone, so that tensors of one name go together. */
function treeErrors(prefix: string, { plain, quantized }: Tensors): ErrorHistogram[] {
  return quantized.tensors.flatMap((tensor) => {
    const before = plain.get(tensor.name)
    if (!tensor.name.startsWith(prefix) || before === undefined || tensor.role === 'structure') return []
    const { decoded } = encodeTensor(tensor, quantized.choices.get(tensor.name))
    if (decoded.length !== before.values.length) return []
    return histogramOf(
      tensor.name,
      decoded.map((value, at) => value - before.values[at]),
    )
  })
}

/** Of the leaves that a book stands for, if there is one. */
function bookErrors(
  book: string,
  [before, after]: readonly [TreeEnsemble, TreeEnsemble],
  { maxErrors }: QuantizedTables,
): ErrorHistogram[] {
  if (!maxErrors.has(book)) return []
  return histogramOf(
    book,
    after.leafValues.map((value, at) => value - before.leafValues[at]),
  )
}

type DenseContext = { readonly index: number; readonly maxErrors: ReadonlyMap<string, number> }

/** Inputs and hidden units may be stored in another order, which is found again by what the weights are. */
function denseErrors(before: DenseChain, after: DenseChain, { index, maxErrors }: DenseContext): ErrorHistogram[] {
  const found: ErrorHistogram[] = []
  const places = new Map<string, number>()
  before.inputs.forEach((ref, place) => {
    if (!places.has(keyOf(ref))) places.set(keyOf(ref), place)
  })
  let rowOrder = after.inputs.map((ref) => places.get(keyOf(ref)) ?? -1)
  for (const [number, layer] of after.layers.entries()) {
    const name = denseTensorName(index, number, 'weights')
    const most = [...maxErrors].filter(([tensor]) => tensor.startsWith(name)).map(([, error]) => error)
    const bounds = {
      weights: Math.max(0, ...most),
      bias: maxErrors.get(denseTensorName(index, number, 'bias')) ?? 0,
    }
    const source = before.layers[number]
    const columnOrder = matchColumns(source, layer, { rowOrder, bounds })
    if (columnOrder === undefined) return found
    const { outputWidth } = layer
    const errors = layer.weights.map((value, at) => {
      const [row, column] = [rowOrder[Math.floor(at / outputWidth)], columnOrder[at % outputWidth]]
      return value - source.weights[row * outputWidth + column]
    })
    const biasErrors = layer.bias.map((value, column) => value - source.bias[columnOrder[column]])
    found.push(...histogramOf(name, errors), ...histogramOf(denseTensorName(index, number, 'bias'), biasErrors))
    rowOrder = columnOrder
  }
  return found
}

function keyOf({ region, column }: ColumnRef): string {
  return `${region}:${column}`
}

/** Rounding differences in double precision: W is multiplied back from Q and its scales. */
const slack = 1e-9

/** For each column as stored the one of the source; undefined where they cannot be told. */
function matchColumns(
  source: DenseLayer,
  stored: DenseLayer,
  { rowOrder, bounds }: { readonly rowOrder: readonly number[]; readonly bounds: Record<'weights' | 'bias', number> },
): number[] | undefined {
  const { outputWidth } = stored
  const isSame = (column: number, candidate: number): boolean => {
    if (!isNear(stored.bias[column], source.bias[candidate], bounds.bias)) return false
    return rowOrder.every((row, at) =>
      isNear(stored.weights[at * outputWidth + column], source.weights[row * outputWidth + candidate], bounds.weights),
    )
  }
  const free = new Set(Array(outputWidth).keys())
  const order: number[] = []
  for (let column = 0; column < outputWidth; column++) {
    const candidate = [column, ...free].find((each) => free.has(each) && isSame(column, each))
    if (candidate === undefined) return undefined
    free.delete(candidate)
    order.push(candidate)
  }
  return order
}

function isNear(stored: number, source: number, bound: number): boolean {
  return Math.abs(stored - source) <= bound * (1 + slack) + slack * Math.abs(source)
}

function histogramOf(tensor: string, errors: Float64Array): ErrorHistogram[] {
  const most = errors.reduce((largest, error) => Math.max(largest, Math.abs(error)), 0)
  if (!(most > 0 && most < Infinity)) return []
  const counts = new Array<number>(binCount).fill(0)
  for (const error of errors) counts[Math.min(binCount - 1, Math.floor(((error / most + 1) / 2) * binCount))] += 1
  return [{ tensor, elementCount: errors.length, most, counts }]
}
