// The cost of a model's runs in, a batcher on a fake clock out whose runs take exactly that long.

import { type Batcher, createBatcher } from '../../src/batching/batcher.ts'
import type { BatcherOptions } from '../../src/batching/batcher-options.ts'
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.ts'
import { flushPromises } from '../helpers/hand-released-batcher.ts'

export type SimulatedRun = { readonly jobs: readonly number[]; readonly attempt: number; readonly startedAtMs: number }

export type Simulation = {
  readonly clock: FakeClock
  readonly runs: SimulatedRun[]
  /** What a run of so many rows takes; a test may change it. */
  costMs: (rowCount: number) => number
  /** Jobs that no batch with them survives. */
  readonly poison: Set<number>
  /** Lets this turn of the event loop end, and then the promises run. */
  endTurn(): Promise<void>
  /** Lets turns end until nothing is queued; gives how many it took. */
  settle(): Promise<number>
}

/** The model is in this thread, answers each number with its double, and a run moves the clock on. */
export function createSimulatedBatcher(
  costMs: (rowCount: number) => number,
  options: Partial<BatcherOptions<number, number>> = {},
): [Batcher<number, number>, Simulation] {
  const clock = createFakeClock()
  let deferred: (() => void)[] = []
  const simulation: Simulation = {
    clock,
    runs: [],
    costMs,
    poison: new Set(),
    async endTurn() {
      const callbacks = deferred
      deferred = []
      for (const callback of callbacks) callback()
      await flushPromises()
    },
    async settle() {
      let turns = 0
      for (; deferred.length > 0; turns++) await simulation.endTurn()
      return turns
    },
  }
  const batcher = createBatcher<number, number>({
    mode: 'sync',
    clock,
    defer: (callback) => deferred.push(callback),
    mayBeRowFault: () => true,
    execute(jobs, { attempt }) {
      simulation.runs.push({ jobs, attempt, startedAtMs: clock.now() })
      clock.advance(simulation.costMs(jobs.length))
      const bad = jobs.filter((job) => simulation.poison.has(job))
      if (bad.length > 0) throw new Error(`poison ${bad.join(' ')}`)
      return jobs.map((job) => 2 * job)
    },
    ...options,
  })
  return [batcher, simulation]
}

/** 0, 1, 2, … */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

export const sizesOf = ({ runs }: Simulation): number[] => runs.map(({ jobs }) => jobs.length)
