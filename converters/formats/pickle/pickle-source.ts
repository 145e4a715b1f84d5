// The bytes of a pickle, read forwards and never past their end: values out, or an error that names offset and opcode.
import { createError, type ErrorCode, type MLError } from '../../../src/errors.ts'
import { saveAgain } from './compression/damaged.ts'
import type { Dtype } from './dtype-layout.ts'
import { opcodeName } from './opcodes.ts'
import { limitError, type PickleLimitName, type PickleLimits } from './pickle-limits.ts'
import type { PyObject } from './values.ts'

/** Decoding that is free before `replayFactor` counts: a tiny file may legitimately repeat its few bytes. */
const freeWorkByteLength = 2 ** 20

export class PickleSource {
  readonly limits: PickleLimits
  /** Dtypes already understood; one record is shared by many arrays. */
  readonly dtypes = new Map<PyObject, Dtype>()
  position = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #opcode = 0
  #opcodeOffset = 0
  #opcodeCount = 0
  #objectCount = 0
  #workByteLength = 0
  readonly #workLimit: number

  constructor(bytes: Uint8Array, limits: PickleLimits) {
    this.limits = limits
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#workLimit = bytes.length * limits.replayFactor + freeWorkByteLength
  }

  /** The next opcode, which errors name from now on. */
  takeOpcode(): number {
    this.#opcodeOffset = this.position
    if (++this.#opcodeCount > this.limits.opcodeCount) throw this.exceeded('opcodeCount', this.#opcodeCount)
    if (this.position >= this.#bytes.length) {
      throw createError('FILE_CORRUPT', `The pickle ends at byte ${this.position} without a STOP. ${saveAgain}`, {
        details: { byteOffset: this.position },
      })
    }
    this.#opcode = this.#bytes[this.position++]
    return this.#opcode
  }

  takeBytes(byteLength: number): Uint8Array {
    this.#assertRemaining(byteLength)
    const start = this.position
    this.position += byteLength
    return this.#bytes.subarray(start, this.position)
  }

  takeUint8(): number {
    this.#assertRemaining(1)
    return this.#bytes[this.position++]
  }

  takeUint16(): number {
    this.#assertRemaining(2)
    this.position += 2
    return this.#view.getUint16(this.position - 2, true)
  }

  takeInt32(): number {
    this.#assertRemaining(4)
    this.position += 4
    return this.#view.getInt32(this.position - 4, true)
  }

  takeUint32(): number {
    return this.takeInt32() >>> 0
  }

  /** An 8-byte length; one beyond 2^53 loses digits, which no longer matters: so many bytes never remain. */
  takeUint64(): number {
    const low = this.takeUint32()
    return this.takeUint32() * 2 ** 32 + low
  }

  /** A big-endian float64, the one big-endian number of the format. */
  takeFloat64(): number {
    this.#assertRemaining(8)
    this.position += 8
    return this.#view.getFloat64(this.position - 8, false)
  }

  /** The bytes up to the next line feed, which is consumed too. */
  takeLine(): Uint8Array {
    const end = this.#bytes.indexOf(0x0a, this.position)
    if (end === -1) throw this.corrupt('its line has no end')
    const line = this.#bytes.subarray(this.position, end)
    this.position = end + 1
    return line
  }

  get remainingByteLength(): number {
    return this.#bytes.length - this.position
  }

  /** Counts what the heap will hold: 1 for a record, more for heavier objects. */
  countObjects(count: number): void {
    this.#objectCount += count
    if (this.#objectCount > this.limits.objectCount) throw this.exceeded('objectCount', this.#objectCount)
  }

  /** Counts bytes about to be decoded or copied, against what the file's own length justifies. */
  countWork(byteLength: number): void {
    this.#workByteLength += byteLength
    if (this.#workByteLength <= this.#workLimit) return
    throw this.exceeded('replayFactor', `${this.#workByteLength} bytes to decode in a file of ${this.#bytes.length}`)
  }

  corrupt(what: string, cause?: unknown): MLError {
    return this.#error('FILE_CORRUPT', 'The pickle is damaged', what, cause)
  }

  unsafe(what: string): MLError {
    return this.#error('UNSAFE_CONTENT', 'The pickle was refused and nothing in it was run', what)
  }

  unsupported(what: string): MLError {
    return this.#error('UNSUPPORTED', 'The pickle cannot be read', what)
  }

  exceeded(limit: PickleLimitName, found: number | bigint | string): MLError {
    return limitError(this.limits, limit, found)
  }

  #error(code: ErrorCode, summary: string, what: string, cause?: unknown): MLError {
    const opcode = opcodeName(this.#opcode)
    const advice = code === 'FILE_CORRUPT' ? ` ${saveAgain}` : ''
    return createError(code, `${summary}: at byte ${this.#opcodeOffset} (${opcode}), ${what}.${advice}`, {
      details: { byteOffset: this.#opcodeOffset, opcode },
      cause,
    })
  }

  #assertRemaining(byteLength: number): void {
    const remaining = this.#bytes.length - this.position
    if (byteLength <= remaining) return
    throw this.corrupt(`${byteLength} bytes are needed and ${remaining} remain`)
  }
}
