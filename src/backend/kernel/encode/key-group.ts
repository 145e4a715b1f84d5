// Steps that look values up in tables of known ones in, functions that run them out: numbers, set bits, one-hot columns.

import type { ElementType, KernelBuild } from '../kernel-stage.ts'
import { loopWhile, select, sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f64, i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, i32x4 } from '../wasm/vector-instructions.ts'
import { assertFloat, maxInteger } from './element-store.ts'
import type { KeyResults } from './encode-plan.ts'
import {
  type DenseTable,
  indexKeys,
  type KeyIndex,
  layDenseTable,
  laySortedTable,
  type ResultKind,
  resultByteLength,
  resultKindOf,
} from './key-table.ts'
import type { LocalPool } from './local-pool.ts'
import { addStepLoop, type GroupFunction, type Lane, type StepBody } from './step-loop.ts'
import type { StepRecord } from './step-records.ts'

export type KeyStep = { readonly source: number; readonly target: number; readonly table: KeyResults }

/** `store` writes what the table says; `set one` writes a 1 so many bytes from the target, and nothing at −1. */
export type KeyUse = 'store' | 'set one'

/** Adding it to an integer of ±2^31 leaves its two's complement in the low 32 bits of the sum (IEEE 754). */
const signedMagic = 2 ** 52 + 2 ** 51

const lanes = 2

type Kept = { readonly kind: ResultKind; readonly search: 'dense' | 'sorted'; readonly record: StepRecord }

type GroupOptions = {
  readonly order: 'rows' | 'columns'
  readonly element: ElementType
  readonly use: KeyUse
  readonly steps: readonly KeyStep[]
}

export function addKeyGroups(build: KernelBuild, options: GroupOptions): readonly GroupFunction[] {
  const { order, element, use, steps } = options
  const groups = new Map<string, Kept[]>()
  const indexes = new Map<readonly number[], KeyIndex>()
  for (const step of steps) {
    const { keys } = step.table
    const index = indexes.get(keys) ?? indexKeys(keys)
    indexes.set(keys, index)
    const kept = keep(build, { ...step, index }, options)
    const name = `${kept.kind} ${kept.search}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [kept])
    else group.push(kept)
  }
  const nowhere = build.memory.reserve(8)
  return [...groups.values()].map((group) => {
    const [{ kind, search }] = group
    const records = group.map(({ record }) => record)
    const place = search === 'dense' ? densePlace : sortedPlace
    const body: StepBody = (all, pool) =>
      all.flatMap((lane) => {
        const value = pool.take('f64')
        const { statements, address } = place(lane, value, { pool, byteLength: resultByteLength[kind] })
        const write = use === 'store' ? storeResult(lane, kind, address) : setOne(lane, address, { pool, nowhere })
        return [value.set(lane.value), ...statements, write]
      })
    return addStepLoop(build, { order, element, records, lanes, body })
  })
}

function keep(
  build: KernelBuild,
  { source, target, table, index }: KeyStep & { readonly index: KeyIndex },
  { element, use }: GroupOptions,
): Kept {
  const kind = use === 'set one' ? 'i32' : resultKindOf(table)
  if (use === 'store') assertFits(table, kind, element)
  if (index.isDense)
    return {
      kind,
      search: 'dense',
      record: { source, target, ...denseParameters(layDenseTable(build, index, { ...table, kind })) },
    }
  const { keys, count, results } = laySortedTable(build, index, { ...table, kind })
  return { kind, search: 'sorted', record: { source, target, ints: [keys, count, results], floats: [] } }
}

function denseParameters({ bias, below, above }: DenseTable): Pick<StepRecord, 'ints' | 'floats'> {
  return { ints: [bias, below, above + 1], floats: [below, above] }
}

type PlaceOptions = { readonly pool: LocalPool; readonly byteLength: number }

/** Where a value's result lies. */
type Place = { readonly statements: readonly Statement[]; readonly address: Expression<'i32'> }

function densePlace(lane: Lane, value: Local<'f64'>, { pool, byteLength }: PlaceOptions): Place {
  const clamped = f64x2.pmin(f64x2.pmax(lane.floatSplat(0), f64x2.splat(value.get)), lane.floatSplat(1))
  const nearest = i32x4.extractLane(f64x2.add(clamped, f64x2.splat(f64.const(signedMagic))), 0)
  const noInteger = select(f64.eq(value.get, value.get), lane.int(1), lane.int(2))
  const key = pool.take('i32')
  return {
    statements: [key.set(select(f64.eq(f64.nearest(value.get), value.get), nearest, noInteger))],
    address: i32.add(lane.int(0), i32.mul(key.get, i32.const(byteLength))),
  }
}

function sortedPlace(lane: Lane, value: Local<'f64'>, { pool, byteLength }: PlaceOptions): Place {
  const [at, count, half, index] = [pool.take('i32'), pool.take('i32'), pool.take('i32'), pool.take('i32')]
  const forward = (bytes: Expression<'i32'>, isBelow: Expression<'i32'>): Statement =>
    at.set(select(isBelow, i32.add(at.get, bytes), at.get))
  const none = i32.add(lane.int(1), f64.ne(value.get, value.get))
  return {
    statements: [
      at.set(lane.int(0)),
      count.set(lane.int(1)),
      loopWhile(
        i32.gtU(count.get, i32.const(1)),
        sequence(
          half.set(i32.shl(i32.shrU(count.get, i32.const(1)), i32.const(3))),
          count.set(i32.sub(count.get, i32.shrU(count.get, i32.const(1)))),
          forward(half.get, f64.lt(f64.load(i32.sub(i32.add(at.get, half.get), i32.const(8))), value.get)),
        ),
      ),
      forward(i32.const(8), f64.lt(f64.load(at.get), value.get)),
      index.set(
        select(f64.eq(f64.load(at.get), value.get), i32.shrU(i32.sub(at.get, lane.int(0)), i32.const(3)), none),
      ),
    ],
    address: i32.add(lane.int(2), i32.mul(index.get, i32.const(byteLength))),
  }
}

function storeResult(lane: Lane, kind: ResultKind, address: Expression<'i32'>): Statement {
  switch (kind) {
    case 'u8':
      return lane.storeInteger(i32.load8U(address))
    case 'i32':
      return lane.storeInteger(i32.load(address))
    case 'f64':
      return lane.storeNumber(f64.load(address))
  }
}

/** What is not there is set as well, in a place that nothing reads: a branch would cost more. */
function setOne(
  lane: Lane,
  address: Expression<'i32'>,
  { pool, nowhere }: { pool: LocalPool; nowhere: number },
): Statement {
  const offset = pool.take('i32')
  const place = select(i32.ltS(offset.get, i32.const(0)), i32.const(nowhere), i32.add(lane.target, offset.get))
  return sequence(offset.set(i32.load(address)), lane.storeIntegerAt(place, i32.const(1)))
}

function assertFits({ results, otherwise }: KeyResults, kind: ResultKind, element: ElementType): void {
  const isWithin = (value: number): boolean => value <= maxInteger[element] && (value >= 0 || element === 'i32')
  const isExact = kind === 'u8' || (kind === 'i32' && isWithin(otherwise) && results.every(isWithin))
  if (!isExact) assertFloat(element)
}
