// Fixtures with bytes changed, lost, added or exchanged in; a value or an MLError out, soon. FUZZ_RUNS raises the number.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { opcodes } from '../../../../converters/formats/pickle/opcodes.ts'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { isMLError } from '../../../../src/errors.ts'
import { fixtureFolders, fixtureNames, readFixture } from './fixtures.ts'
import { join } from './opcode-writer.ts'

const runCount = Number(process.env.FUZZ_RUNS ?? 1500)
const minutesAtMost = 30 * 60_000

const files = fixtureFolders.flatMap((folder) => fixtureNames(folder).map((name) => readFixture(folder, name)))
const file = fc.integer({ min: 0, max: files.length - 1 }).map((index) => files[index])
/** A place in any file, as a fraction. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const opcode = fc.constantFrom(...Object.values(opcodes))
const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), opcode, fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))

type Mutation = (bytes: Uint8Array) => Uint8Array

const change: fc.Arbitrary<Mutation> = fc.tuple(place, byte).map(([where, value]) => (bytes) => {
  const changed = bytes.slice()
  changed[Math.floor(where * bytes.length)] = value
  return changed
})
const flip: fc.Arbitrary<Mutation> = fc.tuple(place, fc.nat(7)).map(([where, bit]) => (bytes) => {
  const changed = bytes.slice()
  changed[Math.floor(where * bytes.length)] ^= 1 << bit
  return changed
})
const remove: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.integer({ min: 1, max: 40 }))
  .map(([where, count]) => (bytes) => {
    const start = Math.floor(where * bytes.length)
    return join([bytes.subarray(0, start), bytes.subarray(start + count)])
  })
const insert: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.array(byte, { minLength: 1, maxLength: 20 }))
  .map(([where, added]) => (bytes) => {
    const start = Math.floor(where * bytes.length)
    return join([bytes.subarray(0, start), Uint8Array.from(added), bytes.subarray(start)])
  })
const truncate: fc.Arbitrary<Mutation> = place.map(
  (where) => (bytes) => bytes.slice(0, Math.floor(where * bytes.length)),
)
const repeatPart: fc.Arbitrary<Mutation> = fc
  .tuple(place, place, fc.integer({ min: 2, max: 50 }))
  .map(([from, to, times]) => (bytes) => {
    const start = Math.floor(Math.min(from, to) * bytes.length)
    const part = bytes.subarray(start, Math.min(start + 200, Math.floor(Math.max(from, to) * bytes.length)))
    return join([bytes.subarray(0, start), ...new Array<Uint8Array>(times).fill(part), bytes.subarray(start)])
  })
const splice: fc.Arbitrary<Mutation> = fc.tuple(file, place, place).map(([other, where, otherWhere]) => (bytes) => {
  const tail = other.subarray(Math.floor(otherWhere * other.length))
  return join([bytes.subarray(0, Math.floor(where * bytes.length)), tail])
})
const mutations = fc.array(fc.oneof(change, flip, remove, insert, truncate, repeatPart, splice), {
  minLength: 1,
  maxLength: 4,
})

/** Reads; lets pass a value and an MLError, and nothing that takes a second. */
function survives(bytes: Uint8Array): void {
  const before = process.cpuUsage()
  try {
    readPickle(bytes)
  } catch (error) {
    if (!isMLError(error)) throw error
  }
  // of this process, whatever else the machine does
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000)
}

it(
  'survives every mutated fixture',
  () => {
    const property = fc.property(file, mutations, (bytes, steps) =>
      survives(steps.reduce((now, step) => step(now), bytes)),
    )
    fc.assert(property, { numRuns: runCount })
  },
  minutesAtMost,
)

it(
  'survives any sequence of opcodes and small arguments',
  () => {
    const sequence = fc.array(fc.oneof({ weight: 3, arbitrary: opcode }, { weight: 1, arbitrary: fc.nat(9) }), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(sequence, (codes) => survives(Uint8Array.from(codes))),
      { numRuns: runCount },
    )
  },
  minutesAtMost,
)
