// Three vectors of float32 in, a · b + sum out, in one instruction where the realm has one.

import type { KernelFeatures } from '../kernel-features.ts'
import type { Expression } from '../wasm/expression.ts'
import { f32x4 } from '../wasm/vector-instructions.ts'

export type MultiplyAdd = (a: Expression<'v128'>, b: Expression<'v128'>, sum: Expression<'v128'>) => Expression<'v128'>

/** Rounded once or twice: both are within the bounds that checks allow. */
export function multiplyAdd({ relaxedSimd }: Pick<KernelFeatures, 'relaxedSimd'>): MultiplyAdd {
  if (relaxedSimd) return f32x4.relaxedMadd
  return (a, b, sum) => f32x4.add(sum, f32x4.mul(a, b))
}
