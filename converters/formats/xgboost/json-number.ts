// Bytes of a JSON text at a number in; the nearest double, and where the number ends, out.

/** Powers of ten that a double holds exactly. */
const exactPowers = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

export type NumberScan = { value: number; end: number }

/**
 * Reads the JSON number that begins at `start` into `scan`; false where none does. Digits up to 2⁵³ with a small power
 * of ten are exact in one multiplication, so the nearest double comes without a text; the rest goes through `Number`.
 */
export function scanNumber(bytes: Uint8Array, start: number, scan: NumberScan): boolean {
  let at = start
  const isNegative = bytes[at] === 0x2d
  if (isNegative) at++
  const firstDigit = at
  let digits = 0
  while (isDigit(bytes[at])) digits = digits * 10 + bytes[at++] - 0x30
  const wholeCount = at - firstDigit
  // JSON allows no leading zero, and at least one digit.
  if (wholeCount === 0 || (wholeCount > 1 && bytes[firstDigit] === 0x30)) return false
  let power = 0
  if (bytes[at] === 0x2e) {
    const first = ++at
    while (isDigit(bytes[at])) digits = digits * 10 + bytes[at++] - 0x30
    if (at === first) return false
    power = first - at
  }
  if ((bytes[at] | 0x20) === 0x65) {
    const sign = bytes[++at]
    if (sign === 0x2b || sign === 0x2d) at++
    const first = at
    let exponent = 0
    while (isDigit(bytes[at])) exponent = Math.min(exponent * 10 + bytes[at++] - 0x30, 100_000)
    if (at === first) return false
    power += sign === 0x2d ? -exponent : exponent
  }
  scan.end = at
  if (digits <= Number.MAX_SAFE_INTEGER && power >= -22 && power <= 22) {
    const size = power < 0 ? digits / exactPowers[-power] : digits * exactPowers[power]
    scan.value = isNegative ? -size : size
  } else scan.value = Number(String.fromCharCode(...bytes.subarray(start, Math.min(at, start + 1000))))
  return true
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
