// Deflated bytes in, what they hold, never more than the limits allow, out.

import { Inflate } from 'fflate'
import { isMLError } from '../../../../src/errors.ts'
import { limitError, type PickleLimits } from '../pickle-limits.ts'
import { damaged } from './damaged.ts'

/** Input bytes at a time: what comes out of one step before anything is counted is at most 1032 times as much. */
const stepByteLength = 2 ** 14

/** Input that may pass without output; a stored block, the longest thing that comes out whole, has 64 KiB. */
const silentByteLength = 2 ** 18

/** @throws FILE_CORRUPT, LIMIT_EXCEEDED; `name` is that of the format around it */
export function inflateWithin(deflated: Uint8Array, limits: PickleLimits, name: string): Uint8Array {
  const chunks: Uint8Array[] = []
  let byteLength = 0
  let lastOutputAt = 0
  let end = 0
  const stream = new Inflate((chunk) => {
    if (chunk.length === 0) return
    chunks.push(chunk)
    byteLength += chunk.length
    lastOutputAt = end
    assertWithinLimits(byteLength, end, limits)
  })
  try {
    while (end < deflated.length) {
      const start = end
      end = Math.min(deflated.length, start + stepByteLength)
      stream.push(deflated.subarray(start, end), end === deflated.length)
      // fflate keeps what it cannot use; without this, a long tail would be copied at every step.
      if (end - lastOutputAt > silentByteLength) throw damaged(name, 'it ends before the file does')
    }
  } catch (cause) {
    if (isMLError(cause)) throw cause
    throw damaged(name, cause instanceof Error ? cause.message : 'it cannot be inflated', cause)
  }
  return concatenate(chunks, byteLength)
}

function assertWithinLimits(byteLength: number, consumed: number, limits: PickleLimits): void {
  if (byteLength > limits.inflatedByteLength) throw limitError(limits, 'inflatedByteLength', byteLength)
  if (byteLength <= limits.inflationFreeByteLength || byteLength <= consumed * limits.inflationRatio) return
  throw limitError(limits, 'inflationRatio', Math.round(byteLength / consumed))
}

function concatenate(chunks: readonly Uint8Array[], byteLength: number): Uint8Array {
  const whole = new Uint8Array(byteLength)
  let position = 0
  for (const chunk of chunks) {
    whole.set(chunk, position)
    position += chunk.length
  }
  return whole
}
