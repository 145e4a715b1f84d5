// A card in; which driver it needs for this TensorFlow, and whether it has code for the card at all, out.

import type { NvidiaCard } from '../../../backend/host/nvidia-cards.ts'

/**
 * CUDA 12's minor version compatibility: "CUDA Toolkit 12.x: >= 525" (NVIDIA, CUDA Compatibility, table 1), 525.60.13 on Linux
 * (CUDA 12.5 Update 1 release notes, table 2; the same in cuDNN's support matrix). The wheel is built with CUDA 12.5.1
 * (tensorflow/python/platform/build_info.py), its libraries are of 12.9.
 */
export const oldestDriver = '525.60.13'

/**
 * That compatibility ends where the driver has to compile PTX: it must know the PTX's version. TensorFlow 2.21.0 has 1,149
 * kernels of simple operations (AddV2, Mul, Less, Cast, …) as machine code for 6.0, 7.0, 8.0 and 8.9, and for all later
 * cards as PTX 8.5, which is of CUDA 12.5 (read from the fat binaries in libtensorflow_cc.so.2).
 */
export const oldestCompilingDriver = '555.42.02'

/** The lowest of the wheel's cuda_compute_capabilities; TensorFlow ignores cards below it. */
const lowestCapability = 6

/** From here on simple operations come as PTX. */
const lowestCompiledCapability = 9

/** From here on all kernels come as PTX, which the driver compiles when a process first uses them, and keeps in ~/.nv. */
const lowestUnknownCapability = 10

export type CardSupport = {
  /** False where TensorFlow has no code for the card; a capability that nobody tells is taken to be fit. */
  readonly isSupported: boolean
  readonly oldestDriver: string
  /** True where the driver compiles every kernel itself. */
  readonly isCompiledWhole: boolean
}

export function cardSupport({ computeCapability }: NvidiaCard): CardSupport {
  // 8.9 and 12.0 compare as numbers, since no minor version has two digits
  const capability = computeCapability === undefined ? undefined : Number(computeCapability)
  return {
    isSupported: capability === undefined || capability >= lowestCapability,
    oldestDriver:
      capability !== undefined && capability >= lowestCompiledCapability ? oldestCompilingDriver : oldestDriver,
    isCompiledWhole: capability !== undefined && capability >= lowestUnknownCapability,
  }
}

/** Dotted numbers, compared from the left. */
export function isDriverAtLeast(version: string, oldest: string): boolean {
  const given = version.split('.').map(Number)
  for (const [i, wanted] of oldest.split('.').map(Number).entries())
    if ((given[i] ?? 0) !== wanted) return (given[i] ?? 0) > wanted
  return true
}
