// Cursors that have arrived at leaves in, statements that add these leaves to the sums of their rows out.

import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import type { KernelMemory } from '../kernel-memory.ts'
import { countUp, sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import type { Scope } from '../wasm/wasm-module.ts'
import type { LeafSums } from './leaf-sums.ts'
import type { TreeTables } from './tree-tables.ts'

export type Arrived<Type extends 'i32' | 'f64'> = {
  readonly region: TreeEnsemble
  readonly tables: TreeTables
  readonly sums: LeafSums<Type>
  /** Sums of the tile's first row start at `sumAt` behind `sumsAddress`, those of its other rows follow. */
  readonly sumsAddress: number
  readonly sumAt: Local<'i32'>
  /** By tree of the group, then by row. */
  readonly cursors: readonly (readonly Local<'i32'>[])[]
  /** First tree of the group. */
  readonly tree: Local<'i32'>
  readonly scope: Scope
  readonly memory: KernelMemory
}

export function addLeaves<Type extends 'i32' | 'f64'>(arrived: Arrived<Type>): Statement {
  if (arrived.region.treeOutput.length > 0) return addToOwnOutputs(arrived)
  return arrived.region.leafWidth === 1 ? addNumbers(arrived) : addVectors(arrived)
}

/** One sum a row. */
function addNumbers<Type extends 'i32' | 'f64'>({
  region,
  tables,
  sums,
  sumsAddress,
  sumAt,
  cursors,
}: Arrived<Type>): Statement {
  return forEachRow(cursors, (column, row) => {
    const leaves = column.map((cursor) =>
      sums.loadValue(times(tables.leafSlot(cursor.get), sums.valueByteLength), sums.address),
    )
    const sum = sumsAddress + row * region.outputWidth * sums.sumByteLength
    return sums.store(sumAt.get, sums.add(sums.load(sumAt.get, sum), total(sums, leaves)), sum)
  })
}

/** Each tree adds to an output of its own. */
function addToOwnOutputs<Type extends 'i32' | 'f64'>({
  region,
  tables,
  sums,
  sumsAddress,
  sumAt,
  cursors,
  tree,
  scope,
  memory,
}: Arrived<Type>): Statement {
  const places = Uint32Array.from(tables.order, (number) =>
    number < 0 ? 0 : region.treeOutput[number] * sums.sumByteLength,
  )
  const placesAddress = memory.table(places)
  const place = scope.local('i32')
  return sequence(
    ...cursors.flatMap((rows, t) =>
      rows.map((cursor, row) => {
        const own = i32.load(i32.shl(tree.get, i32.const(2)), placesAddress + 4 * t)
        const rowSums = sumsAddress + row * region.outputWidth * sums.sumByteLength
        const leaf = sums.loadValue(times(tables.leafSlot(cursor.get), sums.valueByteLength), sums.address)
        return sequence(
          place.set(i32.add(sumAt.get, own)),
          sums.store(place.get, sums.add(sums.load(place.get, rowSums), leaf), rowSums),
        )
      }),
    ),
  )
}

/** Each leaf has a value an output. Cursors become the offsets of their leaves. */
function addVectors<Type extends 'i32' | 'f64'>({
  region: { leafWidth },
  tables,
  sums,
  sumsAddress,
  sumAt,
  cursors,
  scope,
}: Arrived<Type>): Statement {
  const k = scope.local('i32')
  const place = scope.local('i32')
  const toLeaves = cursors
    .flat()
    .map((cursor) => cursor.set(times(tables.leafSlot(cursor.get), leafWidth * sums.valueByteLength)))
  const addOne = forEachRow(cursors, (column, row) => {
    const leaves = column.map((cursor) =>
      sums.loadValue(i32.add(cursor.get, times(k.get, sums.valueByteLength)), sums.address),
    )
    const rowSums = sumsAddress + row * leafWidth * sums.sumByteLength
    return sums.store(place.get, sums.add(sums.load(place.get, rowSums), total(sums, leaves)), rowSums)
  })
  return sequence(
    ...toLeaves,
    countUp(
      k,
      { end: i32.const(leafWidth) },
      sequence(place.set(i32.add(sumAt.get, times(k.get, sums.sumByteLength))), addOne),
    ),
  )
}

function forEachRow(
  cursors: Arrived<'i32'>['cursors'],
  add: (column: readonly Local<'i32'>[], row: number) => Statement,
): Statement {
  return sequence(
    ...cursors[0].map((_, row) =>
      add(
        cursors.map((rows) => rows[row]),
        row,
      ),
    ),
  )
}

/** By halves, so that no addition waits for more than log2 others. */
function total<Type extends 'i32' | 'f64'>(
  sums: LeafSums<Type>,
  leaves: readonly Expression<Type>[],
): Expression<Type> {
  if (leaves.length === 1) return leaves[0]
  const middle = leaves.length >>> 1
  return sums.add(total(sums, leaves.slice(0, middle)), total(sums, leaves.slice(middle)))
}

function times(value: Expression<'i32'>, factor: number): Expression<'i32'> {
  if (factor === 1) return value
  const bits = Math.log2(factor)
  return Number.isInteger(bits) ? i32.shl(value, i32.const(bits)) : i32.mul(value, i32.const(factor))
}
