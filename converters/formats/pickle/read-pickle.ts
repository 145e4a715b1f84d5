// The bytes of a .pkl or .joblib file in, the value it describes as inert records out; nothing in the file is ever run.
import { createError } from '../../../src/errors.ts'
import { openContainer } from './container.ts'
import { type PickleLimits, resolvePickleLimits } from './pickle-limits.ts'
import { runPickle } from './pickle-machine.ts'
import { PickleSource } from './pickle-source.ts'
import type { PyValue } from './values.ts'

/**
 * What a pickle (protocols 0 to 5) or joblib file (plain, or in any of its compressions) describes. Long byte strings are views of
 * `bytes`, so leave those as they are while the value is in use.
 * @throws UNSAFE_CONTENT where it names anything outside the allow list, FILE_CORRUPT, LIMIT_EXCEEDED or UNSUPPORTED.
 * @example
 * const model = readPickle(await readFile('model.joblib'))
 */
export function readPickle(bytes: Uint8Array, limits?: Partial<PickleLimits>): PyValue {
  const resolved = resolvePickleLimits(limits)
  // A plain view: Buffer's own `slice` would share memory where Uint8Array's copies.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return runPickle(new PickleSource(openContainer(plain, resolved), resolved))
  } catch (cause) {
    // Within the limits, only an allocation that this machine has no memory for ends here.
    if (!(cause instanceof RangeError)) throw cause
    throw createError('LIMIT_EXCEEDED', `The pickle needs more memory than there is: ${cause.message}.`, { cause })
  }
}
