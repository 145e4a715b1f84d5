// Random interleavings of everything that can happen to a served model, held against a simple model of what must be true.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closings, histories, overloads, runsOr, type Setup, setups, type Step } from './engine-steps.ts'
import { EngineWorld } from './engine-world.ts'

async function live(setup: Setup, steps: readonly Step[], closesAt?: number): Promise<EngineWorld> {
  const world = await EngineWorld.open(setup)
  for (const [i, step] of steps.entries()) {
    if (i === closesAt) await world.close()
    await world.act(step)
    expect(world.faults).toEqual([])
  }
  await world.finish()
  expect(world.faults).toEqual([])
  return world
}

describe.each(['sync', 'async'] as const)('a served model, on a backend that is %s', (mode) => {
  it('settles each caller once, with its own row’s answer or a true reason, and keeps nothing', {
    timeout: 600_000,
  }, async () => {
    const property = fc.asyncProperty(
      setups(mode),
      histories,
      closings,
      async (...history) => void (await live(...history)),
    )
    await fc.assert(property, runsOr(150))
  })
})

describe('priorities, under more load than the model can take', () => {
  it('go first, and keep no low row waiting for longer than a second and what is ahead of it', {
    timeout: 600_000,
  }, async () => {
    const setup: Setup = { mode: 'async', strategy: 'adaptive', cache: 'none', fallback: 'none' }
    let longestWaitMs = 0
    const property = fc.asyncProperty(overloads, async (steps) => {
      const { longestLowWaitMs } = await live(setup, steps)
      longestWaitMs = Math.max(longestWaitMs, longestLowWaitMs)
    })
    await fc.assert(property, runsOr(15))
    // or nothing here was about to starve
    expect(longestWaitMs).toBeGreaterThan(900)
  })
})
