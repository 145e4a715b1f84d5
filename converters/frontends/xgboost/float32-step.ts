// A float32 in; its neighbour below out.

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/**
 * The largest float32 below `x`, which must be a float32 above −Infinity: `v < x` is `v <= floatBelow(x)` for every
 * float32 `v`.
 */
export function floatBelow(x: number): number {
  float[0] = x
  // Both zeros have the smallest denormal below them.
  if (float[0] === 0) bits[0] = 0x8000_0001 | 0
  else bits[0] += float[0] > 0 ? -1 : 1
  return float[0]
}
