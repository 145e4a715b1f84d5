// What a JSON or UBJSON file of XGBoost holds, read but not understood: the values that both readers make.

/**
 * Lists of numbers alone are tables of doubles; an empty list is an empty table. Records are maps, in which no name can
 * reach a prototype.
 */
export type BoosterValue =
  | null
  | boolean
  | number
  | string
  | Float64Array
  | readonly BoosterValue[]
  | ReadonlyMap<string, BoosterValue>

export type BoosterRecord = ReadonlyMap<string, BoosterValue>

/** A value in few words, for errors. */
export function describeBoosterValue(value: BoosterValue | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (value instanceof Float64Array) return `a list of ${value.length} numbers`
  return isBoosterList(value) ? `a list of ${value.length}` : 'a record'
}

export function isBoosterRecord(value: BoosterValue | undefined): value is BoosterRecord {
  return value instanceof Map
}

export function isBoosterList(value: BoosterValue | undefined): value is readonly BoosterValue[] {
  return Array.isArray(value)
}
