// Known canonical values with a number each in, a fast lookup out: the one-hot slot, ordinal value or split bit of a value.

/** Longest direct table: string categories are indices from 0, so nearly all tables are direct. */
const directLength = 4096

/** What `results[i]` is for the first `keys[i]` equal to a value (NaN equal to NaN, −0 to 0), `otherwise` elsewhere. */
export function createKeyTable(
  keys: readonly number[],
  results: readonly number[],
  otherwise: number,
): (value: number) => number {
  const length = keys.reduce((longest, key) => (Number.isNaN(key) ? longest : Math.max(longest, key + 1)), 0)
  const isDirect =
    length <= directLength && keys.every((key) => Number.isNaN(key) || (Number.isInteger(key) && key >= 0))
  return isDirect ? directTable(keys, results, otherwise, length) : mapTable(keys, results, otherwise)
}

function directTable(keys: readonly number[], results: readonly number[], otherwise: number, length: number) {
  // an ensemble may have ten thousand tables of split bits
  const isOfBytes = results.every(isByte) && isByte(otherwise)
  const table = (isOfBytes ? new Uint8Array(length) : new Float64Array(length)).fill(otherwise)
  let whenNaN = otherwise
  // Backwards, so that the first of equal keys is the one that stays.
  for (let i = keys.length - 1; i >= 0; i--) {
    if (Number.isNaN(keys[i])) whenNaN = results[i]
    else table[keys[i]] = results[i]
  }
  return (value: number): number => {
    if (value >= 0 && value < length) {
      const index = value | 0
      return index === value ? table[index] : otherwise
    }
    return Number.isNaN(value) ? whenNaN : otherwise
  }
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 256 && !Object.is(value, -0)
}

function mapTable(keys: readonly number[], results: readonly number[], otherwise: number) {
  const table = new Map<number, number>()
  for (let i = keys.length - 1; i >= 0; i--) table.set(keys[i], results[i])
  return (value: number): number => table.get(value) ?? otherwise
}
