// Leaves in, their table and the arithmetic that adds them up and turns sums into raw outputs out.

import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import type { KernelMemory } from '../kernel-memory.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import { f32, f64, i32 } from '../wasm/scalar-instructions.ts'
import { leafCodes, type LeafGrid } from './leaf-grid.ts'

type Address = Expression<'i32'>

/** Sums of codes are 32-bit integers, which are exact; sums of float32 leaves are float64. */
export type LeafSums<Type extends 'i32' | 'f64' = 'i32' | 'f64'> = {
  /** Bytes of one value of a leaf, and address of the leaves' table as byte offset of loads. */
  readonly valueByteLength: number
  readonly address: number
  readonly loadValue: (address: Address, byteOffset?: number) => Expression<Type>
  /** Bytes of a sum in memory. */
  readonly sumByteLength: number
  readonly zero: Expression<Type>
  readonly add: (a: Expression<Type>, b: Expression<Type>) => Expression<Type>
  readonly load: (address: Address, byteOffset?: number) => Expression<Type>
  readonly store: (address: Address, value: Expression<Type>, byteOffset?: number) => Statement
  readonly toFloat64: (sum: Expression<Type>) => Expression<'f64'>
  /** Raw output k is sum · factor + offsets[k]. */
  readonly factor: number
  readonly offsets: Float64Array
}

/** `leafSlots` says which leaf stands where; empty places add nothing. */
export function createLeafSums(
  region: TreeEnsemble,
  leafSlots: Int32Array,
  memory: KernelMemory,
  grid?: LeafGrid,
): LeafSums<'i32'> | LeafSums<'f64'> {
  const { leafValues, leafWidth, aggregate, base, outputWidth } = region
  const trees = region.treeStart.length - 1
  const share = aggregate === 'mean' ? 1 / trees : 1
  const codes = grid === undefined ? undefined : leafCodes(leafValues, grid)
  if (grid === undefined || codes === undefined || trees * 0xffff > 0x7fff_ffff) {
    const values = spread(new Float32Array(leafSlots.length * leafWidth), leafValues, leafSlots, leafWidth)
    return {
      valueByteLength: 4,
      address: memory.table(values),
      loadValue: (address, byteOffset) => f64.promoteF32(f32.load(address, byteOffset)),
      sumByteLength: 8,
      zero: f64.const(0),
      add: f64.add,
      load: f64.load,
      store: f64.store,
      toFloat64: (sum: Expression<'f64'>) => sum,
      factor: share,
      offsets: base,
    }
  }
  const table = codes instanceof Uint8Array ? Uint8Array : Uint16Array
  const values = spread(new table(leafSlots.length * leafWidth), codes, leafSlots, leafWidth)
  const treesOf = new Float64Array(outputWidth).fill(region.treeOutput.length > 0 ? 0 : trees)
  for (const output of region.treeOutput) treesOf[output]++
  return {
    valueByteLength: codes.BYTES_PER_ELEMENT,
    address: memory.table(values),
    loadValue: codes instanceof Uint8Array ? i32.load8U : i32.load16U,
    sumByteLength: 4,
    zero: i32.const(0),
    add: i32.add,
    load: i32.load,
    store: i32.store,
    toFloat64: f64.convertI32U,
    factor: grid.scale * share,
    offsets: base.map((value, k) => treesOf[k] * grid.min * share + value),
  }
}

function spread<Values extends Float32Array | Uint8Array | Uint16Array>(
  to: Values,
  from: ArrayLike<number>,
  slots: Int32Array,
  width: number,
): Values {
  for (let slot = 0; slot < slots.length; slot++) {
    if (slots[slot] < 0) continue
    for (let k = 0; k < width; k++) to[slot * width + k] = from[slots[slot] * width + k]
  }
  return to
}
