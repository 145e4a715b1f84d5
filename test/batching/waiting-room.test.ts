// Who waits where: groups that never share a batch, callers who rather wait than be refused, and many jobs of one caller.

import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { BatcherOptions } from '../../src/batching/batcher-options.ts'
import { PendingJob } from '../../src/batching/pending-job.ts'
import { WaitingRoom } from '../../src/batching/waiting-room.ts'
import { codeOf, createHandReleasedBatcher, flushPromises } from '../helpers/hand-released-batcher.ts'
import { createSimulatedBatcher, range, sizesOf } from './simulated-batcher.ts'

/** Jobs of one group begin with the same letter. */
const byLetter: Partial<BatcherOptions<string, string>> = { groupOf: (job) => job[0] }

describe('groups', () => {
  it('never share a batch, and the group of the job that goes next goes first', async () => {
    const [batcher, { batches, endTurn }] = createHandReleasedBatcher(byLetter)
    const answers = Promise.all(['a1', 'b1', 'a2', 'c1', 'b2'].map((job) => batcher.submit(job)))
    for (let turn = 0; turn < 3; turn++) await endTurn()
    expect(batches.map(({ jobs }) => jobs)).toEqual([['a1', 'a2'], ['b1', 'b2'], ['c1']])
    expect(await answers).toEqual(['A1', 'B1', 'A2', 'C1', 'B2'])
    expect(batcher.queuedRows).toBe(0)
  })

  it('keep priorities between and within them', async () => {
    const [batcher, { batches, endTurn, clock }] = createHandReleasedBatcher({ ...byLetter, maxRows: 2 })
    const answers = ['a1', 'a2', 'b1'].map((job) => batcher.submit(job))
    answers.push(batcher.submit('b2', { priority: 'high' }))
    clock.advance(1)
    answers.push(batcher.submit('a3', { priority: 'high' }))
    for (let turn = 0; turn < 3; turn++) await endTurn()
    await Promise.all(answers)
    expect(batches.map(({ jobs }) => jobs)).toEqual([['b2', 'b1'], ['a3', 'a1'], ['a2']])
  })

  it('starve none: a group that always has more waits for the one that came before it', async () => {
    const [batcher, { batches, endTurn, clock }] = createHandReleasedBatcher({ ...byLetter, maxRows: 1 })
    const answers = [batcher.submit('a'), batcher.submit('b')]
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(1)
      answers.push(batcher.submit('a'))
      await endTurn()
    }
    expect(batches.slice(0, 3).map(({ jobs }) => jobs[0])).toEqual(['a', 'b', 'a'])
    await batcher.close()
    await Promise.allSettled(answers)
  })

  it('have a window each, exact, with one timer for all', async () => {
    const window = { ...byLetter, strategy: 'time-window', maxRows: 2, maxDelayMs: 50, mode: 'async' } as const
    const [batcher, { batches, clock }] = createHandReleasedBatcher(window)
    const answers = [batcher.submit('a1')]
    clock.advance(20)
    answers.push(batcher.submit('b1'))
    clock.advance(10)
    answers.push(batcher.submit('c1'), batcher.submit('c2'))
    expect(batches.map(({ jobs }) => jobs)).toEqual([['c1', 'c2']])
    batches[0].finish()
    await flushPromises()
    expect(clock.pendingTimers).toBe(1)
    clock.advance(19.9)
    expect(batches).toHaveLength(1)
    clock.advance(0.1)
    expect(batches[1].jobs).toEqual(['a1'])
    batches[1].finish()
    await flushPromises()
    clock.advance(19.9)
    expect(batches).toHaveLength(2)
    clock.advance(0.1)
    expect(batches[2].jobs).toEqual(['b1'])
    batches[2].finish()
    await Promise.all(answers)
    expect(clock.pendingTimers).toBe(0)
  })

  it('are forgotten when their last job goes: a million shapes that came once cost nothing', () => {
    const room = new WaitingRoom<number, number>({ maxQueuedRows: 10, groupOf: (job) => job })
    for (let job = 0; job < 1000; job++) {
      const pending = new PendingJob<number, number>(job, {}, 0)
      room.enqueue(pending)
      room.remove(pending)
    }
    let looked = 0
    room.soonest(() => ++looked > 0)
    expect(looked).toBe(0)
  })

  it('drain one after the other, and close with all their callers', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({
      ...byLetter,
      mode: 'async',
      strategy: 'fixed-size',
    })
    const answers = ['a', 'b'].map((job) => batcher.submit(job))
    const drained = batcher.drain()
    for (const batch of [0, 1]) {
      batches[batch].finish()
      await flushPromises()
    }
    await drained
    await Promise.all(answers)
    const closed = ['a', 'b', 'c'].map((job) => codeOf(batcher.submit(job)))
    await batcher.close()
    expect(await Promise.all(closed)).toEqual(['CLOSED', 'CLOSED', 'CLOSED'])
    expect([batcher.queuedRows, clock.pendingTimers]).toEqual([0, 0])
  })
})

describe('a caller who rather waits than be refused', () => {
  const patient = { whenFull: 'wait' } as const

  it('gets half of the queue, and leaves the other half to those who do not wait', async () => {
    const [batcher, { endTurn }] = createHandReleasedBatcher({ maxQueuedRows: 8, maxRows: 2 })
    const waiting = range(6).map((i) => batcher.submit(`w${i}`, patient))
    expect(batcher.queuedRows).toBe(4)
    const others = range(4).map((i) => batcher.submit(`x${i}`))
    expect(await codeOf(batcher.submit('y'))).toBe('QUEUE_FULL')
    for (let turn = 0; turn < 8; turn++) await endTurn()
    expect(await Promise.all([...waiting, ...others])).toHaveLength(10)
    expect(batcher.queuedRows).toBe(0)
  })

  it('does not starve while the queue is full of others', async () => {
    const [batcher, { endTurn, batches }] = createHandReleasedBatcher({ maxQueuedRows: 8, maxRows: 2 })
    const settled: Promise<unknown>[] = range(8).map((i) => codeOf(batcher.submit(`x${i}`)))
    const waiting = range(3).map((i) => batcher.submit(`w${i}`, patient))
    for (let turn = 0; turn < 12; turn++) {
      await endTurn()
      settled.push(codeOf(batcher.submit('more')), codeOf(batcher.submit('more')))
    }
    expect(await Promise.all(waiting)).toEqual(['W0', 'W1', 'W2'])
    expect(batches.flatMap(({ jobs }) => jobs).filter((job) => job.startsWith('w'))).toEqual(['w0', 'w1', 'w2'])
    await batcher.close()
    await Promise.all(settled)
  })

  it('goes by priority, and may leave, be late or be closed on before there is room', async () => {
    const [batcher, { endTurn, clock, batches }] = createHandReleasedBatcher({ maxQueuedRows: 2, maxRows: 1 })
    const caller = new AbortController()
    const first = batcher.submit('a', patient)
    const normal = codeOf(batcher.submit('b', patient))
    const high = batcher.submit('c', { ...patient, priority: 'high' })
    const gone = codeOf(batcher.submit('d', { ...patient, priority: 'high', signal: caller.signal }))
    const late = codeOf(batcher.submit('e', { ...patient, priority: 'high', deadlineAtMs: clock.now() + 5 }))
    caller.abort('left')
    clock.advance(5)
    await endTurn()
    await endTurn()
    expect(await Promise.all([first, high, gone, late])).toEqual(['A', 'C', 'left', 'DEADLINE_EXCEEDED'])
    await batcher.close()
    expect(await normal).toBe('CLOSED')
    expect(batches.map(({ jobs }) => jobs[0])).toEqual(['a', 'c'])
    expect(clock.pendingTimers).toBe(0)
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
  })

  it('takes the place of one who left, at once', async () => {
    const [batcher, { endTurn, batches }] = createHandReleasedBatcher({ maxQueuedRows: 2, maxRows: 2 })
    const caller = new AbortController()
    const gone = codeOf(batcher.submit('a', { ...patient, signal: caller.signal }))
    const waits = batcher.submit('b', patient)
    caller.abort('left')
    await endTurn()
    expect(await Promise.all([gone, waits])).toEqual(['left', 'B'])
    expect(batches.map(({ jobs }) => jobs)).toEqual([['b']])
  })

  it('is heard of by drain', async () => {
    const [batcher, { endTurn }] = createHandReleasedBatcher({ maxQueuedRows: 1 })
    const answers = range(3).map((i) => batcher.submit(`${i}`, patient))
    let isDrained = false
    const drained = batcher.drain().then(() => (isDrained = true))
    await endTurn()
    await endTurn()
    expect(isDrained).toBe(false)
    await endTurn()
    await drained
    expect(await Promise.all(answers)).toEqual(['0', '1', '2'])
  })
})

describe('many jobs of one caller', () => {
  it('are answered in order through a queue that holds a hundredth of them, without a timer', async () => {
    const [batcher, simulation] = createSimulatedBatcher(() => 0, { maxQueuedRows: 100, maxRows: 10 })
    const setTimer = simulation.clock.setTimer
    let timers = 0
    simulation.clock.setTimer = (callback, delayMs) => {
      timers++
      return setTimer(callback, delayMs)
    }
    const answers = batcher.submitMany(range(10_000))
    let most = 0
    for (let turn = 0; turn < 1000; turn++) {
      most = Math.max(most, batcher.queuedRows)
      await simulation.endTurn()
    }
    expect(await answers).toEqual(range(10_000).map((job) => 2 * job))
    expect(most).toBe(50)
    expect(new Set(sizesOf(simulation))).toEqual(new Set([10]))
    expect(timers).toBe(0)
  })

  it('give each bad one its own error, and poison none of the others', async () => {
    const [batcher, simulation] = createSimulatedBatcher(() => 0, { maxQueuedRows: 40 })
    simulation.poison.add(7).add(63)
    const answers = batcher.submitMany(range(100))
    await simulation.settle()
    const entries = await answers
    expect(entries.map((entry, i) => entry === 2 * i)).toEqual(range(100).map((i) => i !== 7 && i !== 63))
    expect(entries[63]).toMatchObject({ message: 'poison 63' })
  })

  it('of two callers share the queue, and a lone row between them is not refused', async () => {
    const [batcher, simulation] = createSimulatedBatcher(() => 0, { maxQueuedRows: 20, maxRows: 10 })
    const one = batcher.submitMany(range(200))
    const other = batcher.submitMany(range(200))
    await simulation.endTurn()
    const lone = batcher.submit(4)
    await simulation.endTurn()
    await simulation.endTurn()
    await simulation.endTurn()
    expect(await lone).toBe(8)
    await simulation.settle()
    expect((await one).length + (await other).length).toBe(400)
  })

  it('are rejected as a whole when aborted, with the reason, and leave nothing', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ mode: 'async', maxQueuedRows: 10, maxRows: 2 })
    const caller = new AbortController()
    const answers = batcher.submitMany(
      range(50).map((i) => `${i}`),
      { signal: caller.signal, deadlineAtMs: clock.now() + 99 },
    )
    const refused = expect(answers).rejects.toBe('left')
    batches[0].finish()
    await flushPromises()
    caller.abort('left')
    await refused
    batches[1].finish()
    await flushPromises()
    expect(batches).toHaveLength(2)
    expect([batcher.queuedRows, clock.pendingTimers]).toEqual([0, 0])
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
    expect(await codeOf(batcher.submitMany(['a'], { signal: caller.signal }))).toBe('left')
  })

  it('are rejected as a whole when the batcher closes, and from then on', async () => {
    const [batcher] = createHandReleasedBatcher({ maxQueuedRows: 10 })
    const answers = codeOf(batcher.submitMany(range(50).map((i) => `${i}`)))
    await batcher.close()
    expect(await answers).toBe('CLOSED')
    expect(await codeOf(batcher.submitMany(['a']))).toBe('CLOSED')
  })

  it('that are too late each say so', async () => {
    const [batcher, { clock, batches }] = createHandReleasedBatcher({ mode: 'async', maxQueuedRows: 4, maxRows: 2 })
    const answers = batcher.submitMany(['a', 'b', 'c', 'd', 'e'], { deadlineAtMs: clock.now() + 10 })
    batches[0].finish()
    await flushPromises()
    clock.advance(10)
    const late = expect.objectContaining({ code: 'DEADLINE_EXCEEDED' }) as Error
    expect(await answers).toEqual(['A', late, late, late, late])
    batches[1].finish()
    await flushPromises()
    expect([batches.length, batcher.queuedRows, clock.pendingTimers]).toEqual([2, 0, 0])
  })

  it('may have several rows, one with more than half of the queue goes alone, and one that no batch takes fails alone', async () => {
    const [batcher, { batches, endTurn }] = createHandReleasedBatcher({ maxQueuedRows: 8, maxRows: 6 })
    const answers = batcher.submitMany(['a', 'bbbbbb', 'cc', 'ddddddd', 'e'], { rowCountOf: ({ length }) => length })
    for (let turn = 0; turn < 4; turn++) await endTurn()
    const tooLarge = expect.objectContaining({ code: 'INPUT_INVALID' }) as Error
    expect(await answers).toEqual(['A', 'BBBBBB', 'CC', tooLarge, 'E'])
    expect(batches.map(({ jobs }) => jobs)).toEqual([['a'], ['bbbbbb'], ['cc'], ['e']])
  })

  it('are none, and answered at once', async () => {
    const [batcher, { batches }] = createHandReleasedBatcher()
    expect(await batcher.submitMany([])).toEqual([])
    expect(batches).toEqual([])
  })

  it('get an Error even where what was thrown is none', async () => {
    const [batcher, { endTurn }] = createHandReleasedBatcher({
      execute() {
        throw 'a text' as unknown
      },
    })
    const answers = batcher.submitMany(['a'])
    await endTurn()
    expect(await answers).toMatchObject([{ code: 'EXECUTION_FAILED', cause: 'a text' }])
  })
})
