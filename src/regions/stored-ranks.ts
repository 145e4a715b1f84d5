// A ranks region in, its JSON and one tensor of all flip points out, and back.

import type { NamedTensor } from '../artifact/tensor.ts'
import { createError } from '../errors.ts'
import type { ColumnRef } from './column-ref.ts'
import { type MemberColumn, type Ranks, type RanksColumn, rankValue } from './ranks.ts'
import { restoreNumber, restoreNumbers, restoreRefs, storeNumber, storeNumbers, storeRefs } from './stored-numbers.ts'
import type { StoredOf } from './stored-shape.ts'
import { type TensorValues, tensorValues } from './tensor-values.ts'

type StoredColumn = StoredOf<'ranks'>['columns'][number]
type StoredMember = Extract<StoredColumn, [string, ...unknown[]]>

export function storeRanks(region: Ranks, index: number) {
  const domains = domainsOf(region)
  const stored: StoredOf<'ranks'> = {
    kind: 'ranks',
    inputs: storeRefs(region.inputs),
    columns: region.columns.map((column, i) => storeColumn(column, domains.get(refName(region.inputs[i])))),
    domains: [...domains.values()].map(({ keys }) => storeNumbers(keys)),
    ...(region.players && { players: storeNumbers(region.players) }),
  }
  const values = Float64Array.from(region.columns.flatMap((c) => (c.kind === 'rank' ? [...c.flipPoints] : [])))
  const tensors: NamedTensor[] =
    values.length === 0
      ? []
      : [{ name: flipPointsName(index), role: 'float64', shape: [values.length, 2], values, dtype: 'int32' }]
  return { stored, tensors }
}

export function restoreRanks(stored: StoredOf<'ranks'>, index: number, tensors: TensorValues): Ranks {
  const total = stored.columns.reduce((sum, column) => sum + (isMember(column) ? 0 : column[0]), 0)
  const domains = stored.domains.map(restoreNumbers)
  const points = total === 0 ? new Float64Array(0) : tensorValues(tensors, flipPointsName(index), total)
  let start = 0
  const columns = stored.columns.map((column): RanksColumn => {
    if (isMember(column)) return restoreMember(column, domains)
    const [count, highest, missingValue = 'NaN'] = column
    start += count
    return {
      kind: 'rank',
      flipPoints: points.slice(start - count, start),
      missingValue: restoreNumber(missingValue),
      missing: highest === 1 ? 'highest' : 'lowest',
    }
  })
  const players = stored.players && { players: restoreNumbers(stored.players) }
  return { kind: 'ranks', inputs: restoreRefs(stored.inputs), columns, ...players }
}

export function flipPointsName(region: number): string {
  return `ranks${region}/flip-points`
}

function isMember(column: StoredColumn): column is StoredMember {
  return typeof column[0] === 'string'
}

type Domain = { readonly number: number; readonly keys: readonly number[] }

/** All keys that the member columns of one feature tell apart, NaN last: many columns then share one list. */
function domainsOf(region: Ranks): Map<string, Domain> {
  const keys = new Map<string, Set<number>>()
  region.columns.forEach((column, i) => {
    if (column.kind !== 'member') return
    const name = refName(region.inputs[i])
    const known = keys.get(name) ?? new Set()
    for (const key of column.keys) known.add(key)
    keys.set(name, known)
  })
  // a Set takes NaN for equal to itself, and −0 for 0
  const sorted = [...keys].map(([name, known]) => [name, [...known].sort(compareKeys)] as const)
  return new Map(sorted.map(([name, list], number) => [name, { number, keys: list }]))
}

function refName({ region, column }: ColumnRef): string {
  return `${region}/${column}`
}

function compareKeys(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1
  return Number.isNaN(b) ? -1 : a - b
}

function storeColumn(column: RanksColumn, domain: Domain | undefined): StoredColumn {
  if (column.kind === 'member') return storeMember(column, domain ?? { number: 0, keys: column.keys })
  const highest = column.missing === 'highest' ? 1 : 0
  const count = column.flipPoints.length
  return Number.isNaN(column.missingValue) ? [count, highest] : [count, highest, storeNumber(column.missingValue)]
}

/** A key of the domain that the column does not have is unknown to it. */
function storeMember(column: MemberColumn, { number, keys }: Domain): StoredMember {
  let digits = ''
  for (let i = 0; i < keys.length; i += 4) {
    let digit = 0
    for (let j = i; j < i + 4; j++) digit = 2 * digit + (j < keys.length ? rankValue(column, keys[j]) : 0)
    digits += digit.toString(16)
  }
  return [digits, number, column.unknownBit]
}

/** @throws VALIDATION_FAILED where the domain is not there or has not that many keys */
function restoreMember([digits, domain, unknownBit]: StoredMember, domains: readonly number[][]): MemberColumn {
  const keys = domains[domain]
  if (keys === undefined || Math.ceil(keys.length / 4) !== digits.length)
    throw createError(
      'VALIDATION_FAILED',
      `a member column must have a digit for each four of its keys, got ${digits.length} for domain ${domain} of ${keys?.length ?? 'no'} keys`,
    )
  const bits: (0 | 1)[] = []
  let digit = 0
  for (let i = 0; i < keys.length; i++) {
    if ((i & 3) === 0) digit = Number.parseInt(digits[i >> 2], 16)
    bits.push(((digit >> (3 - (i & 3))) & 1) === 1 ? 1 : 0)
  }
  return { kind: 'member', keys, bits, unknownBit }
}
