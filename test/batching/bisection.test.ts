// A batch that fails as a whole: who is rescued by halves, at which price, and what the batcher says of it.

import { describe, expect, it } from 'vitest'
import type { BatchOutcome } from '../../src/batching/batch-outcome.ts'
import type { Batcher } from '../../src/batching/batcher.ts'
import { mayBeRowFault } from '../../src/batching/run-jobs.ts'
import { createError } from '../../src/errors.ts'
import { codeOf, createHandReleasedBatcher, flushPromises } from '../helpers/hand-released-batcher.ts'
import { createSimulatedBatcher, range, sizesOf } from './simulated-batcher.ts'

const free = () => 0

async function outcomesOf(batcher: Batcher<number, number>, count: number, settle: () => Promise<unknown>) {
  const settled = Promise.allSettled(range(count).map((job) => batcher.submit(job)))
  await settle()
  return settled
}

function createPoisoned(poison: readonly number[]) {
  const outcomes: BatchOutcome[] = []
  const [batcher, simulation] = createSimulatedBatcher(free, { onOutcome: (outcome) => outcomes.push(outcome) })
  for (const job of poison) simulation.poison.add(job)
  return { batcher, simulation, outcomes }
}

/** Jobs of 0 … count − 1 that were rejected, having checked that all others got their own answer. */
async function rejectedOf(count: number, poison: readonly number[]) {
  const { batcher, simulation, outcomes } = createPoisoned(poison)
  const settled = await outcomesOf(batcher, count, () => simulation.settle())
  const rejected = range(count).filter((job) => settled[job].status === 'rejected')
  for (const job of range(count))
    if (!rejected.includes(job)) expect(settled[job]).toEqual({ status: 'fulfilled', value: 2 * job })
  return { rejected, runs: simulation.runs, outcomes }
}

describe('bisection of a failed batch', () => {
  it('lets one poisonous row fail alone, with the error of its own run', async () => {
    const { batcher, simulation, outcomes } = createPoisoned([5])
    const settled = await outcomesOf(batcher, 8, () => simulation.settle())
    expect(settled[5]).toMatchObject({ status: 'rejected', reason: { message: 'poison 5' } })
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
    expect(simulation.runs.map(({ jobs, attempt }) => [attempt, jobs.join(' ')])).toEqual([
      [1, '0 1 2 3 4 5 6 7'],
      [2, '0 1 2 3'],
      [3, '4 5 6 7'],
      [4, '4 5'],
      [5, '6 7'],
      [6, '4'],
      [7, '5'],
    ])
    expect(outcomes).toEqual([{ kind: 'rescued', runCount: 7 }])
  })

  it.each([2, 3, 5, 17, 64, 1000, 1024])('finds one poisonous row of %i within two runs a halving', async (count) => {
    for (const poison of new Set([0, count >> 1, count - 1])) {
      const { rejected, runs } = await rejectedOf(count, [poison])
      expect(rejected).toEqual([poison])
      expect(runs.length - 1).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count)))
    }
  })

  it('finds any two poisonous rows of any batch of up to 20', async () => {
    for (let count = 2; count <= 20; count++)
      for (let one = 0; one < count; one++)
        for (let other = one + 1; other < count; other++)
          expect((await rejectedOf(count, [one, other])).rejected).toEqual([one, other])
  })

  it('finds two poisonous rows at the far ends of the largest batch', async () => {
    const { rejected, runs } = await rejectedOf(1024, [0, 1023])
    expect(rejected).toEqual([0, 1023])
    expect(runs).toHaveLength(1 + 38)
  })

  it('gives a model up that fails on every quarter, after seven runs however large the batch', async () => {
    for (const count of [8, 1024]) {
      const { rejected, runs, outcomes } = await rejectedOf(count, range(count))
      expect(rejected).toHaveLength(count)
      expect(runs).toHaveLength(7)
      expect(outcomes).toMatchObject([{ kind: 'failed', runCount: 7 }])
    }
  })

  it('spends at most four runs a halving, and then fails what it has not taken apart', async () => {
    const poison = range(1024).filter((job) => job < 512 && job % 37 === 0)
    const { rejected, runs, outcomes } = await rejectedOf(1024, poison)
    expect(runs.length - 1).toBeLessThanOrEqual(40)
    for (const job of poison) expect(rejected).toContain(job)
    expect(rejected.every((job) => job < 512)).toBe(true)
    expect(outcomes).toMatchObject([{ kind: 'rescued' }])
  })

  it('says of a batch that no run answers how its first run failed', async () => {
    const broken = createError('EXECUTION_FAILED', 'first')
    let runs = 0
    const outcomes: BatchOutcome[] = []
    const [batcher, { settle }] = createSimulatedBatcher(free, {
      onOutcome: (outcome) => outcomes.push(outcome),
      execute() {
        throw runs++ === 0 ? broken : createError('EXECUTION_FAILED', 'later')
      },
    })
    await outcomesOf(batcher, 2, settle)
    expect(outcomes).toEqual([{ kind: 'failed', runCount: 3, error: broken }])
  })

  it('rescues every row where the failure was of the moment', async () => {
    let runs = 0
    const outcomes: BatchOutcome[] = []
    const [batcher, { settle }] = createSimulatedBatcher(free, {
      onOutcome: (outcome) => outcomes.push(outcome),
      execute(jobs) {
        if (runs++ === 0) throw new Error('once')
        return [...jobs]
      },
    })
    const settled = await outcomesOf(batcher, 100, settle)
    expect(settled.every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(outcomes).toEqual([{ kind: 'rescued', runCount: 3 }])
  })

  it('gives every run in this thread a turn of the event loop of its own', async () => {
    const { batcher, simulation } = createPoisoned([3])
    const settled = Promise.allSettled(range(4).map((job) => batcher.submit(job)))
    for (let turn = 1; turn <= 5; turn++) {
      await simulation.endTurn()
      expect(simulation.runs).toHaveLength(turn)
    }
    await settled
  })

  it('runs the halves before what was queued meanwhile, and drains after all of it', async () => {
    const { batcher, simulation } = createPoisoned([1])
    const first = Promise.allSettled([batcher.submit(0), batcher.submit(1)])
    await simulation.endTurn()
    const later = batcher.submit(9, { priority: 'high' })
    let isDrained = false
    const drained = batcher.drain().then(() => (isDrained = true))
    await simulation.endTurn()
    await simulation.endTurn()
    expect(isDrained).toBe(false)
    expect(simulation.runs.map(({ jobs }) => jobs.join(' '))).toEqual(['0 1', '0', '1'])
    await simulation.settle()
    await drained
    expect(await later).toBe(18)
    expect(await first).toMatchObject([{ value: 0 }, { reason: { message: 'poison 1' } }])
  })

  it('reports the batch once, with the time of all its runs', async () => {
    const reports: number[][] = []
    const [batcher, simulation] = createSimulatedBatcher((rows) => rows, {
      observe: (rowCount, queueMs, runMs) => reports.push([rowCount, queueMs, runMs]),
    })
    simulation.poison.add(0)
    await outcomesOf(batcher, 4, () => simulation.settle())
    expect(reports).toEqual([[4, 0, 4 + 2 + 2 + 1 + 1]])
  })
})

describe('bisection, of a model elsewhere', () => {
  const poisoned = () => createError('EXECUTION_FAILED', 'poison')

  it('does not run again whose caller left or whose time is up between two halves', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ mode: 'async', mayBeRowFault })
    const caller = new AbortController()
    const first = batcher.submit('x')
    const gone = codeOf(batcher.submit('a', { signal: caller.signal }))
    const others = ['b', 'c', 'd'].map((job) => codeOf(batcher.submit(job)))
    const late = codeOf(batcher.submit('e', { deadlineAtMs: clock.now() + 5 }))
    batches[0].finish()
    await first
    batches[1].fail(poisoned())
    await flushPromises()
    caller.abort('left')
    expect(batches[2].jobs).toEqual(['a', 'b', 'c'])
    clock.advance(6)
    batches[2].fail(poisoned())
    await flushPromises()
    for (const half of [3, 4, 5]) {
      batches[half].finish()
      await flushPromises()
    }
    expect(batches.slice(3).map(({ jobs }) => jobs.join(''))).toEqual(['d', 'b', 'c'])
    expect(await Promise.all([gone, late, ...others])).toEqual([
      'left',
      'DEADLINE_EXCEEDED',
      'answered',
      'answered',
      'answered',
    ])
    expect(clock.pendingTimers).toBe(0)
  })

  it.each([
    ['the breaker opened', createError('BREAKER_OPEN', 'open')],
    ['the backend is gone', createError('BACKEND_UNAVAILABLE', 'gone')],
  ])('stops where %s between two halves', async (_, refusal) => {
    const outcomes: BatchOutcome[] = []
    const [batcher, { batches }] = createHandReleasedBatcher({
      mode: 'async',
      mayBeRowFault,
      onOutcome: (outcome) => outcomes.push(outcome),
    })
    const first = batcher.submit('x')
    const codes = Promise.all(['a', 'b', 'c', 'd'].map((job) => codeOf(batcher.submit(job))))
    batches[0].finish()
    await first
    batches[1].fail(poisoned())
    await flushPromises()
    batches[2].fail(poisoned())
    await flushPromises()
    batches[3].fail(refusal)
    await flushPromises()
    expect(batches).toHaveLength(4)
    expect(await codes).toEqual(['EXECUTION_FAILED', 'EXECUTION_FAILED', refusal.code, refusal.code])
    expect(outcomes).toMatchObject([{ kind: 'answered' }, { kind: 'failed', error: { code: 'EXECUTION_FAILED' } }])
  })

  it('runs nothing more once it is closed, and ignores what the half under way says', async () => {
    const outcomes: BatchOutcome[] = []
    const [batcher, { batches, clock }] = createHandReleasedBatcher({
      mode: 'async',
      mayBeRowFault,
      onOutcome: (outcome) => outcomes.push(outcome),
    })
    const first = codeOf(batcher.submit('a'))
    const others = ['b', 'c'].map((job) => codeOf(batcher.submit(job)))
    batches[0].finish()
    await first
    batches[1].fail(poisoned())
    await flushPromises()
    await batcher.close()
    batches[2].finish()
    await flushPromises()
    expect(await Promise.all(others)).toEqual(['CLOSED', 'CLOSED'])
    expect(batches).toHaveLength(3)
    expect(outcomes).toEqual([{ kind: 'answered' }])
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('what may be the fault of one row', () => {
  it.each<[unknown, boolean]>([
    [createError('EXECUTION_FAILED', ''), true],
    [createError('OUT_OF_MEMORY', ''), true],
    [new TypeError('of a kernel'), true],
    [createError('BREAKER_OPEN', ''), false],
    [createError('CLOSED', ''), false],
    [createError('DEADLINE_EXCEEDED', ''), false],
    [createError('BACKEND_UNAVAILABLE', ''), false],
    [createError('INPUT_INVALID', ''), false],
  ])('%s: %s', (error, expected) => expect(mayBeRowFault(error)).toBe(expected))

  it.each([undefined, () => false])('is nothing unless the batcher is told so', async (given) => {
    const [batcher, simulation] = createSimulatedBatcher(free, { mayBeRowFault: given })
    simulation.poison.add(1)
    const settled = await outcomesOf(batcher, 4, () => simulation.settle())
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
    expect(sizesOf(simulation)).toEqual([4])
  })

  it('is not what an executor gets wrong: too few results are not asked for again', async () => {
    const [batcher, { settle }] = createSimulatedBatcher(free, { execute: () => [1] })
    const settled = await outcomesOf(batcher, 3, settle)
    expect(settled).toMatchObject(Array(3).fill({ reason: { code: 'EXECUTION_FAILED' } }))
  })
})
