// What TensorFlow threw in, whether its process can never use the card again out.

/**
 * After these, says the CUDA driver's manual (cuda.h, CUresult), the process is inconsistent and every further call returns
 * the same error: it must end, and a new one may go on. After the last two the card itself is gone or needs a reset.
 */
const fatalErrors = [
  'ILLEGAL_ADDRESS',
  'LAUNCH_TIMEOUT',
  'ASSERT',
  'HARDWARE_STACK_ERROR',
  'ILLEGAL_INSTRUCTION',
  'MISALIGNED_ADDRESS',
  'INVALID_ADDRESS_SPACE',
  'INVALID_PC',
  'LAUNCH_FAILED',
  'CONTEXT_IS_DESTROYED',
  'ECC_UNCORRECTABLE',
  'NVLINK_UNCORRECTABLE',
]

const fatal = new RegExp(`CUDA_ERROR_(${fatalErrors.join('|')})\\b|unspecified launch failure|illegal memory access`)

export function isCardLost(cause: unknown): boolean {
  return cause instanceof Error && fatal.test(cause.message)
}
