// Versions that come, go and share traffic while callers ask, in any order, held against a simple model of what must be true.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runsOr } from './engine-steps.ts'
import { brokenVersion, goodVersions, type VersionsStep, VersionsWorld } from './versions-world.ts'

const version = fc.constantFrom(...goodVersions)
const predict = fc.record({
  kind: fc.constant('predict' as const),
  by: fc.constantFrom('name' as const, 'name', 'alias'),
  rowCount: fc.constantFrom(1, 1, 1, 2, 7),
  isAborted: fc.constantFrom(false, false, true),
})
const activate = fc.record({
  kind: fc.constant('activate' as const),
  version: fc.oneof({ weight: 6, arbitrary: version }, { weight: 1, arbitrary: fc.constant(brokenVersion) }),
})
const route = fc.record({
  kind: fc.constant('route' as const),
  options: fc.oneof(
    fc.constant({}),
    version.map((shadow) => ({ shadow })),
    fc.record({
      traffic: fc.dictionary(version, fc.integer({ min: 1, max: 3 }), { minKeys: 1, noNullPrototype: true }),
    }),
  ),
})
const other = fc.record({
  kind: fc.constantFrom('read' as const, 'read', 'finish', 'finish', 'endTurn', 'endTurn', 'abort'),
})
const step: fc.Arbitrary<VersionsStep> = fc.oneof(
  { weight: 5, arbitrary: predict },
  { weight: 2, arbitrary: activate },
  { weight: 1, arbitrary: route },
  { weight: 6, arbitrary: other },
)
const setup = fc.record({
  mode: fc.constantFrom('sync' as const, 'async'),
  isCached: fc.boolean(),
  isCramped: fc.constantFrom(false, false, true),
})

it('answers each caller once, by one version that it says, and keeps loaded what is named', {
  timeout: 600_000,
}, async () => {
  const histories = fc.array(step, { maxLength: 40, size: 'max' })
  const closings = fc.option(fc.nat({ max: 40 }), { nil: undefined })
  const property = fc.asyncProperty(setup, histories, closings, async (given, steps, closesAt) => {
    const world = await VersionsWorld.open(given)
    for (const [i, one] of steps.entries()) {
      if (i === closesAt) await world.close()
      await world.act(one)
      expect(world.faults).toEqual([])
    }
    await world.finish()
    expect(world.faults).toEqual([])
  })
  await fc.assert(property, runsOr(400))
})
