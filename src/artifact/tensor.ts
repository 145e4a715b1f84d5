// A named constant of the graph before and after it is encoded as bytes; the unit that regions are stored in.

/**
 * What a tensor means decides how it may be stored.
 * - `structure`: integers that must come back exactly (feature ids, ranks, jumps, indices).
 * - `leaf`: leaf values of trees, or the book of them where leaves are codes, which are `structure`. `dense`: weight
 *   matrices. Both may be quantized under an error budget.
 * - `parameter`: small float vectors (biases, channel scales, bases): float32, or float16/uint16 where harmless.
 * - `float64`: doubles kept bit for bit as int32 pairs [n, 2] (low word, high word); the graph never reads them.
 * - `cover`: how many training rows reached a leaf; for explanations only. Whole numbers up to 65535 come back
 *   exactly, others as uint16 where leaves are quantized.
 */
export type TensorRole = 'structure' | 'leaf' | 'dense' | 'parameter' | 'float64' | 'cover'

export type NamedTensor = {
  readonly name: string
  readonly role: TensorRole
  readonly shape: readonly number[]
  /** Float roles: float64 values before the cast. `structure`: integers. `float64`: the doubles, one per row of [n, 2]. */
  readonly values: Float64Array
  /** dtype that the graph sees. `structure` may be float32 where the graph does float maths on small integers. */
  readonly dtype: 'float32' | 'int32'
}
