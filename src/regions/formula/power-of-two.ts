// A number in; two to its power, rounded right but for about one result in three hundred, out.

/** ln 2 as the sum of two doubles. */
const ln2High = 0.6931471805599453
const ln2Low = 2.3190468138462996e-17

/** Past it results are infinite or subnormal. */
const widest = 1000

/**
 * V8's own power is off by an ulp for some in ten, the C library's hardly ever: a score that is just the threshold in
 * scikit-learn must be so here.
 */
export function powerOfTwo(x: number): number {
  if (!(Math.abs(x) < widest)) return 2 ** x
  const whole = Math.round(x)
  const part = x - whole
  // y = part · ln 2 as high + low
  const high = part * ln2High
  const low = productError(part, ln2High, high) + part * ln2Low
  // 2^part = 1 + y + y² / 2 + the rest, which is below 0.007 and needs no second double
  const square = high * high
  const half = square / 2
  const halfLow = productError(high, high, square) / 2 + high * low
  const first = 1 + high
  const firstLow = high - (first - 1)
  const second = first + half
  const secondLow = half - (second - first)
  return (second + (firstLow + secondLow + low + halfLow + rest(high))) * 2 ** whole
}

/** Σ y^k / k! from k = 3 on, for |y| below 0.35. */
function rest(y: number): number {
  let sum = 0
  for (let k = 16; k >= 3; k--) sum = ((1 + sum) * y) / k
  return ((sum * y) / 2) * y
}

const splitter = 2 ** 27 + 1

/** a · b − product, exactly (Dekker). */
function productError(a: number, b: number, product: number): number {
  const aHigh = splitter * a - (splitter * a - a)
  const bHigh = splitter * b - (splitter * b - b)
  const aLow = a - aHigh
  const bLow = b - bHigh
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
}
