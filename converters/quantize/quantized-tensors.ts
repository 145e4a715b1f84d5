// A region graph and what was decided for its weights in; named tensors, their encodings and errors, and the graph that
// a reader gets back out.

import { type EncodingChoice, encodeTensor } from '../../src/artifact/encode-tensor.ts'
import type { NamedTensor } from '../../src/artifact/tensor.ts'
import type { DenseChain } from '../../src/regions/dense-chain.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import { formulaTensorName } from '../../src/regions/formula/define-formula.ts'
import type { LeafBooks } from '../../src/regions/leaf-books.ts'
import { restoreRegions, storeRegions } from '../../src/regions/store.ts'
import { affineGrid } from './affine-grid.ts'
import type { ComposedPart } from './composed-parts.ts'
import type { ChosenForm } from './composed-storage.ts'
import type { ChosenChain } from './dense-chain-choice.ts'
import type { StoredChain } from './dense-chain-storage.ts'
import type { StoredLayer } from './dense-layer.ts'
import type { ChosenLeaves } from './leaf-values.ts'
import { withTables } from './formula-tables.ts'
import type { StoredTableForm } from './table-forms.ts'
import { chainParts, leafPart, type TensorPart } from './tensor-parts.ts'

export type QuantizedModel = {
  /** Regions without their tensors, for the metadata. */
  readonly stored: ReturnType<typeof storeRegions>['stored']
  /** Values that are quantized lie on their grids already. */
  readonly tensors: readonly NamedTensor[]
  /** By tensor name. */
  readonly choices: ReadonlyMap<string, EncodingChoice>
  /** By tensor name: largest difference from the source's own element, in its units. */
  readonly maxErrors: ReadonlyMap<string, number>
  /** The graph that the stored tensors amount to: the tight oracle. */
  readonly graph: RegionGraph
  /** How far up its ladder the region went that went least far and could go on; whether none could. */
  readonly level: number
  readonly isWidest: boolean
}

/** Forms of a formula's tables, by field. */
export type ChosenTables = ReadonlyMap<string, StoredTableForm & ChosenForm>

/** What was decided for each region that has weights, by the region's index. */
export type RegionStorage = Map<number, ChosenLeaves | ChosenChain | ChosenTables>

/** What was decided for parts, region by region. */
export function chosenParts(parts: readonly ComposedPart[], chosen: readonly ChosenForm[]): RegionStorage {
  const storage: RegionStorage = new Map()
  parts.forEach(({ region, field, forms }, at) => {
    const { stored, maxError } = forms[chosen[at].level]
    if ('encoding' in stored) {
      storage.set(region, { floats: stored, maxError, ...chosen[at] })
      return
    }
    const tables = storage.get(region)
    const others = tables instanceof Map ? (tables as ChosenTables) : []
    storage.set(region, new Map([...others, [field ?? '', { ...stored, ...chosen[at] }]]))
  })
  return storage
}

export function storeQuantized(source: RegionGraph, storage: RegionStorage): QuantizedModel {
  const rounded: RegionGraph = {
    ...source,
    regions: source.regions.map((region, index) => roundedRegion(region, storage.get(index))),
  }
  const denseParts = new Map<number, readonly (readonly number[])[]>()
  const leafBooks = new Map<number, LeafBooks>()
  storage.forEach((chosen, index) => {
    if (isTables(chosen)) return
    if ('layers' in chosen) denseParts.set(index, chosen.layers.map(rowsOfParts))
    else if (chosen.floats.book !== undefined) leafBooks.set(index, chosen.floats.book.books)
  })
  // A scale of its own for each column only pays where weights are quantized.
  const layers = [...storage.values()].flatMap((each) => (!isTables(each) && 'layers' in each ? each.layers : []))
  const denseScale = layers.some(({ q }) => q[0].encoding !== 'float32') ? 'column' : 'none'
  const { stored, tensors } = storeRegions(rounded, { denseScale, denseParts, leafBooks })
  const parts = new Map<string, TensorPart>()
  storage.forEach((chosen, index) => {
    if (isTables(chosen)) return
    const named = 'layers' in chosen ? chainParts(chosen, index) : [leafPart(chosen, index)]
    for (const [name, part] of named) parts.set(name, part)
  })
  const choices = new Map<string, EncodingChoice>()
  const maxErrors = new Map<string, number>()
  const tables = formulaTables(storage)
  const placed = tensors.map((tensor): NamedTensor => {
    const part = parts.get(tensor.name)
    const table = tables.get(tensor.name)
    choices.set(tensor.name, tensor.role === 'cover' ? coverChoice(tensor, parts) : choiceOf(tensor, part ?? table))
    const maxError = part?.maxError ?? table?.maxError
    if (maxError !== undefined) maxErrors.set(tensor.name, maxError)
    return part?.replaces === true ? { ...tensor, values: part.floats.values } : tensor
  })
  const decoded = placed.map((tensor) => {
    const { decoded: values } = encodeTensor(tensor, choices.get(tensor.name))
    if (parts.has(tensor.name)) assertSame(tensor, values)
    return [tensor.name, values] as const
  })
  const reached = [...storage.values()].flatMap((each): readonly Pick<ChosenForm, 'level' | 'isWidest'>[] =>
    isTables(each) ? [...each.values()] : [each],
  )
  const wider = reached.filter(({ isWidest }) => !isWidest)
  return {
    stored,
    tensors: placed,
    choices,
    maxErrors,
    graph: restoreRegions(stored, new Map(decoded)),
    // the least of those that could go on, so that one more moves each of them at most one step past where it is
    level: wider.length === 0 ? 0 : wider.reduce((least, { level }) => Math.min(least, level), Infinity),
    isWidest: wider.length === 0,
  }
}

function isTables(chosen: ChosenLeaves | ChosenChain | ChosenTables): chosen is ChosenTables {
  return chosen instanceof Map
}

/** By the name of its tensor. */
function formulaTables(storage: RegionStorage): ReadonlyMap<string, StoredTableForm & ChosenForm> {
  return new Map(
    [...storage].flatMap(([region, chosen]) =>
      isTables(chosen) ? [...chosen].map(([field, form]) => [formulaTensorName(region, field), form] as const) : [],
    ),
  )
}

function roundedRegion(region: Region, chosen: ChosenLeaves | ChosenChain | ChosenTables | undefined): Region {
  if (chosen === undefined) return region
  if (isTables(chosen)) return withTables(region, new Map([...chosen].map(([field, { table }]) => [field, table])))
  if (region.kind === 'dense-chain' && 'layers' in chosen) return storedRegion(region, chosen)
  if (region.kind === 'tree-ensemble' && 'floats' in chosen) return { ...region, leafValues: chosen.floats.values }
  throw new RangeError(`what was decided is not for a region of kind ${region.kind}`)
}

/** The region that a reader gets back: inputs in the order in which the chain is stored. */
export function storedRegion(region: DenseChain, { layers, inputOrder }: StoredChain): DenseChain {
  return {
    ...region,
    inputs: Array.from(inputOrder, (source) => region.inputs[source]),
    layers: layers.map(({ layer }) => layer),
  }
}

function rowsOfParts({ q, layer }: StoredLayer): number[] {
  return q.map(({ values }) => values.length / layer.outputWidth)
}

function choiceOf(tensor: NamedTensor, part: TensorPart | ChosenForm | undefined): EncodingChoice {
  // a table's codes are integers already
  if (part !== undefined && !('floats' in part))
    return { encoding: tensor.dtype, ...(part.escalated !== undefined && { escalated: part.escalated }) }
  if (part !== undefined) {
    const { encoding, grid, escalated } = part.floats
    return {
      encoding,
      ...(grid && { scale: grid.scale, min: grid.min }),
      ...(escalated !== undefined && { escalated }),
    }
  }
  return { encoding: tensor.dtype }
}

/** Counts of rows as small as they fit; weighted rows, and more than two bytes hold, as the leaves are: rounded or not. */
function coverChoice({ name, values, dtype }: NamedTensor, parts: ReadonlyMap<string, TensorPart>): EncodingChoice {
  const most = values.reduce((highest, value) => Math.max(highest, value), 0)
  if (most <= 65535 && values.every((value) => Number.isInteger(value) && value >= 0))
    return { encoding: most <= 255 ? 'uint8' : 'uint16', scale: 1, min: 0 }
  const leaf = (parts.get(name.replace(/cover$/, 'leaf')) ?? parts.get(name.replace(/cover$/, 'leaf-book')))?.floats
  const isQuantized = leaf?.encoding !== 'float32' || leaf.escalated !== undefined
  return isQuantized ? affineGrid(values, 'uint16') : { encoding: dtype }
}

/** What was chosen on a grid must come back from it: codes were chosen for each other, so one lost would spoil many. */
function assertSame({ name, values }: NamedTensor, decoded: Float64Array): void {
  const at = values.findIndex((value, index) => value !== decoded[index])
  if (at >= 0) throw new RangeError(`element ${at} of ${name} is stored as ${decoded[at]}, not as ${values[at]}`)
}
