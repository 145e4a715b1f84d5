// Golden models of every format, mutated, in; a model that can be run, or an MLError, out: soon, and in little memory.

import { expect, it } from 'vitest'
import { readSourceModel } from '../../../converters/convert/read-source-model.ts'
import { detectSource } from '../../../converters/convert/source-format.ts'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import type { SourceModel } from '../../../converters/frontends/source-model.ts'
import { sha256Hex } from '../../../src/artifact/sha256.ts'
import { isMLError } from '../../../src/errors.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import { verifyRegions } from '../../../src/regions/verify.ts'
import { createSeededRandom, spreadSeed } from '../../../src/rows/seeded-random.ts'
import { mutate } from './mutate.ts'
import { readSeeds, type Seed } from './source-seeds.ts'

/** The nightly run has a million: FUZZ_RUNS=1000000 npx vitest run test/converters/fuzz. FUZZ_SEED asks for others. */
const runCount = Number(process.env['FUZZ_RUNS'] ?? 12_000)
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 0)
const mostMs = 2000
const mostResidentBytes = 1.5 * 1024 ** 3

const seeds = readSeeds()
const groupNames = [...new Set(seeds.map(({ group }) => group))].sort()
const groups = groupNames.map((name) => seeds.filter(({ group }) => group === name))

it('every format and packing has seeds', () => {
  expect(groupNames).toMatchSnapshot()
})

it('every mutated model is read to a model that can be run, or refused by an MLError', {
  timeout: 12 * 3600_000,
}, () => {
  const tally = new Map<string, number>()
  const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1)
  for (let run = 0; run < runCount; run++) {
    const random = createSeededRandom(spreadSeed(firstSeed + run))
    const group = groups[random.integer(groups.length)]
    const seed = group[random.integer(group.length)]
    const other = seeds[random.integer(seeds.length)]
    const bytes = mutate(seed.bytes, random, other.bytes)
    const before = process.cpuUsage()
    const outcome = tryRead(seed, bytes, `FUZZ_SEED=${firstSeed + run} FUZZ_RUNS=1, ${seed.path}`)
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1000 > mostMs) throw new Error(`${firstSeed + run}, ${seed.path}, took ${user / 1000} ms`)
    count(outcome)
    if (run % 1000 === 0) expect(process.memoryUsage.rss()).toBeLessThan(mostResidentBytes)
  }
  if (runCount > 100_000) console.log(Object.fromEntries(tally))
  expect([...tally.keys()].filter((outcome) => outcome.startsWith('!'))).toEqual([])
})

/** `accepted`, or the code that it was refused by. */
function tryRead(seed: Seed, bytes: Uint8Array, what: string): string {
  const name = seed.path.replace(/.*\//, '')
  let model: SourceModel
  try {
    model = readSourceModel(detectSource({ [name]: bytes }, 'auto'))
    const folded = foldRegions(model.graph, model.schema)
    verifyRegions(folded)
    interpret(folded, new Float64Array(model.schema.features.length))
  } catch (error) {
    if (isMLError(error)) return error.code
    throw new Error(`${what}: ${String(error)}`, { cause: error })
  }
  if (seed.isChecked && fingerprint(model) !== fingerprintOf(seed))
    throw new Error(`${what}: another model was accepted, though a checksum tells`)
  return 'accepted'
}

const fingerprints = new Map<Seed, string>()

function fingerprintOf(seed: Seed): string {
  let known = fingerprints.get(seed)
  if (known === undefined) {
    known = fingerprint(readSourceModel(detectSource({ [seed.path.replace(/.*\//, '')]: seed.bytes }, 'auto')))
    fingerprints.set(seed, known)
  }
  return known
}

function fingerprint({ graph, schema, head }: SourceModel): string {
  const text = JSON.stringify({ graph, schema, head }, (_, value: unknown) =>
    ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value instanceof Set ? [...value] : value,
  )
  return sha256Hex(new TextEncoder().encode(text))
}
