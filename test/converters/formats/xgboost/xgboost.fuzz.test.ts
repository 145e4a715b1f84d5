// Stored models with bytes and values changed in; a model that answers, or an MLError, out. FUZZ_RUNS raises the number.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { foldRegions } from '../../../../converters/fold/fold-regions.ts'
import type { BoosterRecord, BoosterValue } from '../../../../converters/formats/xgboost/booster-value.ts'
import { readXgboost, type XgboostFormat } from '../../../../converters/formats/xgboost/read-xgboost.ts'
import { xgboostToSourceModel } from '../../../../converters/frontends/xgboost/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import { verifyRegions } from '../../../../src/regions/verify.ts'

const runCount = Number(process.env.FUZZ_RUNS ?? 150)
const root = join(import.meta.dirname, '../../../golden/xgboost')

const files = [
  '1.7.6/dart.json',
  '1.7.6/codes-1.ubj',
  '3.4.1/named-categories.json',
  '3.4.1/vector-classes.ubj',
  '3.4.1/early-classes.ubj',
  '3.4.1/linear-classes.ubj',
].map((name) => ({
  format: (name.endsWith('.ubj') ? 'xgboost-ubjson' : 'xgboost-json') satisfies XgboostFormat as XgboostFormat,
  bytes: new Uint8Array(readFileSync(join(root, name))),
}))

/** True where the model answers a row of ones and one of nothing; false where it was refused. */
function answers(make: () => BoosterRecord): boolean {
  try {
    const { graph, schema } = xgboostToSourceModel(make())
    verifyRegions(graph)
    const folded = foldRegions(graph, schema)
    verifyRegions(folded)
    for (const fill of [1, Number.NaN]) {
      const row = new Float64Array(schema.features.length).fill(fill)
      expect(interpret(folded, row)).toEqual(interpret(graph, row))
    }
    return true
  } catch (error) {
    if (!isMLError(error)) throw error
    return false
  }
}

const change = fc.record({ place: fc.nat(), byte: fc.nat(255) })

it.each(files.map((file, i) => [i, file] as const))(
  'survives changed and missing bytes in file %i',
  (_, { bytes, format }) => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), (changes, isCut) => {
        const broken = bytes.slice(0, isCut ? changes[0].place % bytes.length : bytes.length)
        for (const { place, byte } of changes) if (broken.length > 0) broken[place % broken.length] = byte
        answers(() => readXgboost(broken, format))
      }),
      { numRuns: runCount },
    )
  },
)

const hostile = fc.oneof(
  fc.constantFrom<BoosterValue>(
    null,
    true,
    '',
    '-1',
    '1e9',
    '[',
    '[1,2]',
    'NaN',
    0,
    -1,
    0.5,
    1e9,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Map(),
    [],
  ),
  fc.array(fc.constantFrom(0, 1, -1, 5, 1e9, 0.5, Number.NaN), { maxLength: 9 }).map((list) => Float64Array.from(list)),
)

/** `value` with the one at `place`, counted in depth, exchanged; numbers in tables count too. */
function exchanged(value: BoosterValue, place: { left: number }, by: BoosterValue): BoosterValue {
  if (place.left-- === 0) return by
  if (value instanceof Map)
    return new Map([...(value as BoosterRecord)].map(([key, entry]) => [key, exchanged(entry, place, by)]))
  if (value instanceof Float64Array) {
    const at = place.left
    place.left -= value.length
    return at >= 0 && at < value.length && typeof by === 'number' ? value.with(at, by) : value
  }
  return Array.isArray(value) ? (value as readonly BoosterValue[]).map((entry) => exchanged(entry, place, by)) : value
}

it.each(files.map((file, i) => [i, file] as const))('survives exchanged values in file %i', (_, { bytes, format }) => {
  const document = readXgboost(bytes, format)
  expect(answers(() => document)).toBe(true)
  fc.assert(
    fc.property(fc.nat(4000), hostile, (left, by) => {
      const broken = exchanged(document, { left }, by)
      if (broken instanceof Map) answers(() => broken as BoosterRecord)
    }),
    { numRuns: runCount },
  )
})
