// A test that is true up to some double and false above it in; that double, found by bisection, out.

const bits = new Uint32Array(2)
const double = new Float64Array(bits.buffer)
/** Index of the high word: 1 on little-endian machines. */
const high = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0

/**
 * The largest double, ±Infinity included, for which `isLeft` holds; undefined where it holds for none.
 * `isLeft` must be monotone: true up to a point, false from there on. It is asked at most 66 times.
 * @example
 * flipPoint((x) => Math.fround(x) <= 0.1) // 0.09999999776482582, the last double that rounds down far enough
 */
export function flipPoint(isLeft: (x: number) => boolean): number | undefined {
  if (isLeft(Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY
  if (!isLeft(Number.NEGATIVE_INFINITY)) return undefined
  const highWord = lastWord(infinityWords[0], infinityWords[1], (word) => isLeft(toDouble(word, 0)))
  // The lowest block holds −Infinity and, below it, NaNs.
  if (highWord === infinityWords[0]) return Number.NEGATIVE_INFINITY
  const lowWord = lastWord(0, 0xffff_ffff, (word) => isLeft(toDouble(highWord, word)))
  // Nothing can tell −0 from 0, and 0 is the larger.
  return toDouble(highWord, lowWord) + 0
}

/** Key words of −Infinity and Infinity: every double but NaN lies between. */
const infinityWords = [0x000f_ffff, 0xfff0_0000] as const

/** The largest word for which `holds`, which it does for `first`. */
function lastWord(first: number, last: number, holds: (word: number) => boolean): number {
  let low = first
  let top = last
  while (low < top) {
    const middle = low + Math.ceil((top - low) / 2)
    if (holds(middle)) low = middle
    else top = middle - 1
  }
  return low
}

/**
 * The double of a 64-bit key, in two words, whose order is that of the doubles: positive ones have the sign bit set in
 * the key, negative ones have all bits turned over.
 */
function toDouble(highWord: number, lowWord: number): number {
  const isPositive = highWord >= 0x8000_0000
  bits[high] = isPositive ? highWord - 0x8000_0000 : ~highWord
  bits[1 - high] = isPositive ? lowWord : ~lowWord
  return double[0]
}

/** The next double above `x`; NaN and Infinity stay. */
export function nextUp(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x
  if (x === 0) return Number.MIN_VALUE
  double[0] = x
  const step = x > 0 ? 1 : -1
  const low = bits[1 - high] + step
  bits[1 - high] = low
  if (low === 0x1_0000_0000) bits[high] += 1
  else if (low === -1) bits[high] -= 1
  return double[0]
}

/** The next double below `x`. */
export function nextDown(x: number): number {
  return -nextUp(-x)
}
