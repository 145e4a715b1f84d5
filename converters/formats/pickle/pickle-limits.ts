// Every bound that reading a pickle obeys, with the attack it stops and why no real file reaches it.
import { createError, type MLError } from '../../../src/errors.ts'

export type PickleLimits = { readonly [Name in keyof typeof pickleLimits]: number }

/** Defaults of `readPickle`; each may be overridden by name. */
export const pickleLimits = Object.freeze({
  /** A file that fills the heap before the first opcode; larger models do not become a web-sized graph anyway. */
  inputByteLength: 2 ** 30,
  /** A compressed bomb; a model may be as long as one that comes without compression. */
  inflatedByteLength: 2 ** 30,
  /** A bomb that stays under the byte limit: deflate reaches 1032, real forests 5 and texts 10, all zeros 230. */
  inflationRatio: 128,
  /**
   * Output below which the ratio is not looked at, so that a model of zeros is still read: behind a hasher of 2**20 columns
   * most weights are 0, and 32 classes of them fit.
   */
  inflationFreeByteLength: 2 ** 28,
  /** Short opcodes that each make a value; a vocabulary of five million words takes 25 million. */
  opcodeCount: 2 ** 25,
  /** Empty dicts cost one byte in the file and 100 in memory; a forest of 10,000 trees has about 200,000 objects. */
  objectCount: 2 ** 23,
  /** Pushes without end; pickle appends in batches of 1000, only one long tuple or frozenset goes higher. */
  stackDepth: 2 ** 22,
  /** MARKs without end; Python's own recursion limit keeps pickled structures below 1000 levels. */
  markDepth: 10_000,
  /** Memo slots far apart or without end; each slot belongs to one stored value. Also the largest slot number. */
  memoEntries: 2 ** 24,
  /** One string beyond what a JavaScript engine can hold (2^29); the longest real one is the text of a boosted model. */
  stringByteLength: 2 ** 28,
  /** Decimal digits cost quadratic time; Python itself refuses to parse more than 4300. */
  integerDigits: 4300,
  /** Same in binary: 4300 digits are 1786 bytes, and the widest real integer is a 128-bit random state. */
  integerByteLength: 2048,
  /** Shapes of endless ones; numpy 2 stops at 64. */
  arrayRank: 64,
  /** A shape whose product does not fit into memory or into a number. */
  arrayElementCount: 2 ** 28,
  /** Records of endless empty fields; the widest real record (a boosted tree node) has 12. Counted through all levels. */
  dtypeFieldCount: 1024,
  /** A dtype that contains itself; real records are flat. */
  dtypeDepth: 8,
  /** One stored buffer decoded again and again, or fields that overlap: decoded bytes per byte of the file. */
  replayFactor: 4,
})

export type PickleLimitName = keyof typeof pickleLimits

/** All limits, the given ones in place of their defaults. @throws INPUT_INVALID for an unknown name or a bad number. */
export function resolvePickleLimits(limits: Partial<PickleLimits> = {}): PickleLimits {
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(pickleLimits, name)) throw createError('INPUT_INVALID', `There is no pickle limit '${name}'.`)
    if (!(typeof value === 'number' && value >= 0)) {
      throw createError('INPUT_INVALID', `Pickle limit ${name} must be a number of at least 0, got ${String(value)}.`)
    }
  }
  return Object.freeze({ ...pickleLimits, ...limits })
}

/** The error that says which limit was passed, what it allows and what was found. */
export function limitError(limits: PickleLimits, limit: PickleLimitName, found: number | bigint | string): MLError {
  return createError(
    'LIMIT_EXCEEDED',
    `The pickle passes the limit ${limit}: at most ${limits[limit]} allowed, found ${found}. ` +
      `If you trust the file, pass { ${limit}: … } with a larger value.`,
    { details: { limit, allowed: limits[limit], found: typeof found === 'bigint' ? String(found) : found } },
  )
}
