// Numbers in; their sum in the order in which numpy adds them, so that thresholds at a mean are met bit for bit, out.

/** Source: numpy 2.4, _core/src/umath/loops_utils.h.src, `pairwise_sum`. */
export function pairwiseSum(values: Float64Array): number {
  const { length } = values
  if (length < 8) return values.reduce((sum, value) => sum + value, 0)
  if (length > 128) {
    const half = Math.floor(length / 2)
    const split = half - (half % 8)
    return pairwiseSum(values.subarray(0, split)) + pairwiseSum(values.subarray(split))
  }
  const r = values.slice(0, 8)
  const whole = length - (length % 8)
  for (let i = 8; i < whole; i++) r[i % 8] += values[i]
  let sum = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]))
  for (let i = whole; i < length; i++) sum += values[i]
  return sum
}
