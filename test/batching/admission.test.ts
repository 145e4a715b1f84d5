// Who is refused at once for want of room or time, what the refusal says, and who never is.

import { describe, expect, it, onTestFinished } from 'vitest'
import { codeOf, createHandReleasedBatcher, flushPromises } from '../helpers/hand-released-batcher.ts'
import { createSimulatedBatcher, range } from './simulated-batcher.ts'

/** A run of n rows takes 9.5 + n ms, and the batcher knows. */
function createKnown(options: Parameters<typeof createHandReleasedBatcher>[0] = {}) {
  const subject = createHandReleasedBatcher({ mode: 'async', ...options })
  for (const rowCount of [1, 64]) subject[0].recordRun(rowCount, 9.5 + rowCount)
  return subject
}

describe('a predicted miss of the deadline', () => {
  it('is refused at once, with when to come back, and leaves nothing behind', async () => {
    const [batcher, { clock, batches }] = createKnown()
    const first = batcher.submit('x')
    const waiting = range(20).map((i) => batcher.submit(`${i}`))
    clock.advance(4)
    const refused = batcher.submit('a', { deadlineAtMs: clock.now() + 36 })
    // 6.5 ms of the run under way, and a run of 21 rows
    await expect(refused).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      retryable: true,
      retryAfterMs: 30,
      details: { reason: 'deadline', queuedRows: 20, expectedMs: expect.closeTo(37, 6) as number, leftMs: 36 },
    })
    expect(batcher.queuedRows).toBe(20)
    expect(clock.pendingTimers).toBe(0)
    batches[0].finish()
    await first
    batches[1].finish()
    await Promise.all(waiting)
  })

  it('is one error for all who meet it in the same millisecond, and another one later', async () => {
    const [batcher, { clock }] = createKnown()
    const first = codeOf(batcher.submit('x'))
    const waiting = range(20).map((i) => codeOf(batcher.submit(`${i}`)))
    const refusalOf = (leftMs: number) =>
      batcher.submit('a', { deadlineAtMs: clock.now() + leftMs }).catch((error: unknown) => error)
    const [one, same, other] = [await refusalOf(30), await refusalOf(30), await refusalOf(20)]
    expect(same).toBe(one)
    expect(other).not.toBe(one)
    clock.advance(1)
    expect(await refusalOf(30)).not.toBe(one)
    await batcher.close()
    await Promise.all([first, ...waiting])
  })

  it('is none where the answer is expected a moment earlier', async () => {
    const [batcher, { clock, batches }] = createKnown()
    const first = batcher.submit('x')
    const waiting = range(20).map((i) => batcher.submit(`${i}`))
    clock.advance(4)
    const taken = batcher.submit('a', { deadlineAtMs: clock.now() + 38 })
    batches[0].finish()
    await first
    batches[1].finish()
    expect(await taken).toBe('A')
    await Promise.all(waiting)
  })

  it('counts a fixed part for each batch that the rows ahead fill', async () => {
    const [batcher, { clock }] = createKnown({ maxRows: 10 })
    const first = batcher.submit('x')
    const waiting = range(29).map((i) => codeOf(batcher.submit(`${i}`)))
    const soon = codeOf(batcher.submit('a', { deadlineAtMs: clock.now() + 67 }))
    const later = codeOf(batcher.submit('b', { deadlineAtMs: clock.now() + 71 }))
    expect(await soon).toBe('QUEUE_FULL')
    expect(batcher.queuedRows).toBe(30)
    await batcher.close()
    expect(await later).toBe('CLOSED')
    await Promise.all([codeOf(first), ...waiting])
  })

  it('is seen for a job that others may come to share, which once taken does not end with who asked first', async () => {
    const [batcher, { clock, batches }] = createKnown()
    const first = batcher.submit('x')
    const waiting = range(20).map((i) => batcher.submit(`${i}`))
    expect(await codeOf(batcher.submit('a', { wanted: { untilMs: clock.now() + 30 } }))).toBe('QUEUE_FULL')
    const wanted = { untilMs: clock.now() + 60 }
    const taken = batcher.submit('b', { wanted })
    const useless = batcher.submit('c', { wanted: { untilMs: clock.now() + 60 } })
    expect(clock.pendingTimers).toBe(0)
    clock.advance(100)
    // another has joined
    wanted.untilMs = Infinity
    batches[0].finish()
    await first
    expect(await codeOf(useless)).toBe('DEADLINE_EXCEEDED')
    expect(batches[1].jobs).not.toContain('c')
    batches[1].finish()
    expect(await taken).toBe('B')
    await Promise.all(waiting)
  })

  it('sees only what goes first: a high row does not wait for normal ones', async () => {
    const [batcher, { clock }] = createKnown()
    const first = codeOf(batcher.submit('x'))
    const waiting = range(100).map((i) => codeOf(batcher.submit(`${i}`)))
    const deadlineAtMs = clock.now() + 30
    expect(await codeOf(batcher.submit('a', { deadlineAtMs }))).toBe('QUEUE_FULL')
    expect(await codeOf(batcher.submit('a', { deadlineAtMs, priority: 'low' }))).toBe('QUEUE_FULL')
    const high = codeOf(batcher.submit('b', { deadlineAtMs, priority: 'high' }))
    expect(batcher.queuedRows).toBe(101)
    await batcher.close()
    await Promise.all([first, high, ...waiting])
  })

  it('is not seen in one of 256 jobs, which comes through also where each asks before it comes', async () => {
    const [batcher, { clock }] = createKnown()
    const first = codeOf(batcher.submit('x'))
    const waiting = range(20).map((i) => codeOf(batcher.submit(`${i}`)))
    const options = { deadlineAtMs: clock.now() + 30 }
    const taken = []
    for (let i = 0; i < 600; i++)
      if (batcher.refusalOf('a', options) === undefined) taken.push(codeOf(batcher.submit('a', options)))
    expect(taken).toHaveLength(2)
    expect(batcher.queuedRows).toBe(22)
    await batcher.close()
    expect(await Promise.all([first, ...waiting, ...taken])).toEqual(new Array(23).fill('CLOSED'))
  })

  it('is never guessed before runs were measured', async () => {
    const [batcher, { clock, batches }] = createHandReleasedBatcher({ mode: 'async' })
    const answers = range(500).map((i) => codeOf(batcher.submit(`${i}`, { deadlineAtMs: clock.now() + 1 })))
    expect(batcher.queuedRows).toBe(499)
    batches[0].finish()
    await flushPromises()
    batches[1].finish()
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['answered']))
  })

  it('is never seen where the model is idle, whatever it once took', async () => {
    const [batcher, { batches, clock }] = createKnown()
    const answer = batcher.submit('a', { deadlineAtMs: clock.now() + 1 })
    batches[0].finish()
    expect(await answer).toBe('A')
  })

  it.each<[string, (rowCount: number) => number, (rowCount: number) => number, number]>([
    ['has become fast', (rows) => 20 * rows, (rows) => 0.001 * rows, 15],
    ['takes for many rows what it takes for one', (rows) => 0.9 * rows, (rows) => 0.9 + 0.001 * rows, 1.5],
  ])('is forgotten by a model that %s, since some are let in to see', async (_, learned, real, timeoutMs) => {
    const [batcher, simulation] = createSimulatedBatcher(real)
    for (const rowCount of [1, 64]) batcher.recordRun(rowCount, learned(rowCount))
    const refusals: number[] = []
    for (let turn = 0; turn < 1000 && refusals.at(-1) !== 0; turn++) {
      const deadlineAtMs = simulation.clock.now() + timeoutMs
      const codes = Promise.all(range(64).map((job) => codeOf(batcher.submit(job, { deadlineAtMs }))))
      await simulation.settle()
      refusals.push((await codes).filter((code) => code === 'QUEUE_FULL').length)
    }
    expect(refusals[0]).toBe(63)
    expect(refusals.at(-1)).toBe(0)
  })

  it('trusts what it expects as far as that was true: high rows that keep coming make normal ones wait longer', async () => {
    const [batcher, simulation] = createSimulatedBatcher((rows) => 0.5 + 0.5 * rows, { maxRows: 10 })
    for (const rowCount of [1, 10]) batcher.recordRun(rowCount, 0.5 + 0.5 * rowCount)
    const expectedMs = async (): Promise<number> => {
      const answers = range(40).map((job) => batcher.submit(job, { deadlineAtMs: simulation.clock.now() + 1000 }))
      const refusal = batcher.refusalOf(0, { deadlineAtMs: simulation.clock.now() + 1 })
      while (batcher.queuedRows > 0) {
        answers.push(...range(5).map((job) => batcher.submit(job, { priority: 'high' })))
        await simulation.endTurn()
      }
      await Promise.all(answers)
      return refusal?.details['expectedMs'] as number
    }
    expect(await expectedMs()).toBeCloseTo(5 * 5.5, 6)
    for (let round = 0; round < 10; round++) await expectedMs()
    expect(await expectedMs()).toBeGreaterThan(1.7 * 5 * 5.5)
  })

  it('counts the gap between two runs in this thread, in which it does other things', async () => {
    const [batcher, simulation] = createSimulatedBatcher((rows) => 0.5 * rows, { maxRows: 1 })
    const busyTurns = async (turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn++) {
        simulation.clock.advance(4)
        await simulation.endTurn()
      }
    }
    for (const rowCount of [1, 2]) batcher.recordRun(rowCount, 0.5 * rowCount)
    const first = range(30).map((job) => batcher.submit(job))
    await busyTurns(30)
    await Promise.all(first)
    const waiting = range(9).map((job) => batcher.submit(job))
    const refused = codeOf(batcher.submit(9, { deadlineAtMs: simulation.clock.now() + 40 }))
    const taken = batcher.submit(9, { deadlineAtMs: simulation.clock.now() + 50 })
    await busyTurns(11)
    expect(await refused).toBe('QUEUE_FULL')
    expect(await taken).toBe(18)
    await Promise.all(waiting)
  })
})

describe('overload of a model in this thread', () => {
  it('runs no row that would be late while others wait that would not', async () => {
    const [batcher, simulation] = createSimulatedBatcher((rows) => 9.5 + rows, { maxRows: 10 })
    for (const rowCount of [1, 64]) batcher.recordRun(rowCount, 9.5 + rowCount)
    const startMs = simulation.clock.now()
    const first = range(10).map((job) => codeOf(batcher.submit(job)))
    // in time for the second run's start, not for its end
    const hurried = range(9).map((job) => codeOf(batcher.submit(100 + job, { deadlineAtMs: startMs + 41 })))
    const patient = range(10).map((job) => codeOf(batcher.submit(200 + job)))
    simulation.clock.advance(15)
    await simulation.settle()
    expect(new Set(await Promise.all(hurried))).toEqual(new Set(['DEADLINE_EXCEEDED']))
    expect(new Set(await Promise.all([...first, ...patient]))).toEqual(new Set(['answered']))
    // the first in line always runs: else nothing might
    expect(simulation.runs[1].jobs.filter((job) => job < 200)).toHaveLength(1)
  })

  it('keeps at least nine tenths of its goodput at twice the load it can carry', async () => {
    const goodput = async (load: number): Promise<number> => {
      const [batcher, simulation] = createSimulatedBatcher((rows) => 0.5 + 0.05 * rows)
      const { clock } = simulation
      const ratePerMs = load * 20
      const startMs = clock.now()
      const settled: Promise<unknown>[] = []
      let good = 0
      let due = 0
      while (clock.now() < startMs + 1000) {
        for (; due < (clock.now() - startMs) * ratePerMs; due++) {
          const deadlineAtMs = startMs + due / ratePerMs + 50
          const answer = batcher.submit(due, { deadlineAtMs }).then(
            () => void (clock.now() <= deadlineAtMs && clock.now() >= startMs + 250 && good++),
            () => undefined,
          )
          settled.push(answer)
        }
        clock.advance(0.05)
        await simulation.endTurn()
      }
      await simulation.settle()
      await Promise.all(settled)
      return good / 750
    }
    const peak = await goodput(0.9)
    expect(peak).toBeGreaterThan(17)
    expect(await goodput(2)).toBeGreaterThan(0.9 * peak)
    expect(await goodput(5)).toBeGreaterThan(0.9 * peak)
  })
})

describe('a refusal', () => {
  it('for want of room says when the queue will have run', async () => {
    const [batcher] = createKnown({ maxQueuedRows: 100, maxRows: 40 })
    const waiting = range(101).map((i) => codeOf(batcher.submit(`${i}`)))
    await expect(batcher.submit('a')).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      // three batches of 9.5 ms and 40 rows of 1 ms
      retryAfterMs: 149,
      details: { reason: 'rows', queuedRows: 100, maxQueuedRows: 100, rowCount: 1 },
    })
    await batcher.close()
    await Promise.all(waiting)
  })

  it('for want of room is one error for all who meet it in the same millisecond, and another one later', async () => {
    const [batcher, { clock }] = createKnown({ maxQueuedRows: 4, maxRows: 4 })
    const waiting = range(5).map((i) => codeOf(batcher.submit(`${i}`)))
    const one = batcher.refusalOf('a')
    expect(batcher.refusalOf('a')).toBe(one)
    expect(batcher.refusalOf('a', { rowCount: 2 })).not.toBe(one)
    clock.advance(1)
    expect(batcher.refusalOf('a')).not.toBe(one)
    await batcher.close()
    await Promise.all(waiting)
  })

  it('takes no stack trace, and leaves the limit of stack traces as it was', async () => {
    Error.stackTraceLimit = 7
    onTestFinished(() => void (Error.stackTraceLimit = 10))
    const [batcher] = createHandReleasedBatcher({ maxQueuedRows: 1 })
    const waiting = codeOf(batcher.submit('a'))
    const refusal: unknown = await batcher.submit('b').catch((error: unknown) => error)
    expect((refusal as Error).stack).not.toContain('\n    at ')
    expect(Error.stackTraceLimit).toBe(7)
    await batcher.close()
    await waiting
  })

  it.each<[string, PropertyDescriptor | undefined]>([
    ['may not be changed', { value: 10, writable: false, configurable: true, enumerable: true }],
    ['is not there', undefined],
  ])('is the same where the limit of stack traces %s', async (_, descriptor) => {
    const before = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor
    onTestFinished(() => void Object.defineProperty(Error, 'stackTraceLimit', before))
    const [batcher] = createHandReleasedBatcher({ maxQueuedRows: 1 })
    const waiting = codeOf(batcher.submit('a'))
    if (descriptor === undefined) Reflect.deleteProperty(Error, 'stackTraceLimit')
    else Object.defineProperty(Error, 'stackTraceLimit', descriptor)
    const refused = batcher.submit('b')
    expect(Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')).toEqual(descriptor)
    Object.defineProperty(Error, 'stackTraceLimit', before)
    expect(await codeOf(refused)).toBe('QUEUE_FULL')
    await batcher.close()
    await waiting
  })

  it('can be asked for before there is a job to submit, and tells the same', async () => {
    const [batcher] = createKnown({ maxQueuedRows: 100, maxRows: 40 })
    expect(batcher.refusalOf('a')).toBeUndefined()
    const waiting = range(101).map((i) => codeOf(batcher.submit(`${i}`)))
    const refusal = batcher.refusalOf('a')
    expect(refusal).toMatchObject({ code: 'QUEUE_FULL', details: { reason: 'rows' } })
    expect(await batcher.submit('a').catch((error: unknown) => error)).toBe(refusal)
    expect(batcher.refusalOf('a', { whenFull: 'wait' })).toBeUndefined()
    await batcher.close()
    expect(batcher.refusalOf('a')).toMatchObject({ code: 'CLOSED' })
    await Promise.all(waiting)
  })

  it('comes when its handler is there, so that nobody takes it for an unhandled one', async () => {
    const unhandled: unknown[] = []
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', onUnhandled)
    const multiple: unknown[] = []
    const onHandled = (): void => void multiple.push('late handler')
    process.on('rejectionHandled', onHandled)
    const [batcher] = createHandReleasedBatcher({ maxQueuedRows: 1 })
    const waiting = codeOf(batcher.submit('a'))
    expect(await codeOf(batcher.submit('b'))).toBe('QUEUE_FULL')
    await batcher.close()
    await waiting
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', onUnhandled)
    process.off('rejectionHandled', onHandled)
    expect([unhandled, multiple]).toEqual([[], []])
  })

  it('of a job that no batch can take is no question of room', async () => {
    const [batcher] = createKnown({ maxRows: 10 })
    expect(await codeOf(batcher.submit('a', { rowCount: 11, whenFull: 'wait' }))).toBe('INPUT_INVALID')
    expect(await codeOf(batcher.submit('a', { deadlineAtMs: 0, whenFull: 'wait' }))).toBe('DEADLINE_EXCEEDED')
  })
})
