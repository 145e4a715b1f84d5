// When batches leave, who is in them, and what each caller gets.

import { describe, expect, it } from 'vitest'
import { createError } from '../../src/errors.ts'
import { codeOf, createHandReleasedBatcher, flushPromises } from '../helpers/hand-released-batcher.ts'

const jobsOf = (batches: readonly { readonly jobs: readonly string[] }[]) => batches.map(({ jobs }) => jobs.join(''))

describe('adaptive batcher of a model in this thread', () => {
  it('runs what one turn of the event loop brought as one batch', async () => {
    const [batcher, { batches, endTurn, clock }] = createHandReleasedBatcher()
    const answers = Promise.all(['a', 'b', 'c'].map((job) => batcher.submit(job)))
    expect(batches).toEqual([])
    await endTurn()
    expect(await answers).toEqual(['A', 'B', 'C'])
    expect(jobsOf(batches)).toEqual(['abc'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('takes at most maxRows at once and lets the event loop turn before the rest', async () => {
    const [batcher, { batches, endTurn }] = createHandReleasedBatcher({ maxRows: 2 })
    const answers = Promise.all(['a', 'b', 'c', 'd', 'e'].map((job) => batcher.submit(job)))
    await endTurn()
    expect(jobsOf(batches)).toEqual(['ab'])
    await endTurn()
    expect(jobsOf(batches)).toEqual(['ab', 'cd'])
    await endTurn()
    expect(await answers).toEqual(['A', 'B', 'C', 'D', 'E'])
  })

  it('tells the rows of each batch, the wait of its oldest, and the run', async () => {
    const [batcher, { endTurn, reports, clock }] = createHandReleasedBatcher({
      maxRows: 3,
      execute: (jobs) => {
        clock.advance(2)
        return [...jobs]
      },
    })
    const first = batcher.submit('a', { rowCount: 2 })
    clock.advance(5)
    const second = batcher.submit('b')
    await endTurn()
    await Promise.all([first, second])
    expect(reports).toEqual([[3, 5, 2]])
  })
})

describe('adaptive batcher of a model elsewhere', () => {
  it('makes one batch of rows that are submitted one after the other, and sends them before anything else comes', async () => {
    const [batcher, { batches }] = createHandReleasedBatcher({ mode: 'async', afterStep: queueMicrotask })
    const answers = ['a', 'b', 'c'].map((job) => batcher.submit(job))
    expect(batches).toEqual([])
    await Promise.resolve()
    expect(batches.map(({ jobs }) => jobs)).toEqual([['a', 'b', 'c']])
    batches[0].finish()
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C'])
  })

  it('starts nothing for rows whose callers leave in the step that submits them', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ mode: 'async', afterStep: queueMicrotask })
    const controller = new AbortController()
    const answer = codeOf(batcher.submit('a', { signal: controller.signal }))
    controller.abort('left')
    expect(await answer).toBe('left')
    expect(batches).toEqual([])
    const next = batcher.submit('b')
    await Promise.resolve()
    batches[0].finish()
    expect(await next).toBe('B')
    expect(clock.pendingTimers).toBe(0)
  })

  it('sends a lone row at once, and gathers while that one runs', async () => {
    const [batcher, { batches }] = createHandReleasedBatcher({ mode: 'async' })
    const answers = Promise.all(['a', 'b', 'c'].map((job) => batcher.submit(job)))
    expect(jobsOf(batches)).toEqual(['a'])
    batches[0].finish()
    await flushPromises()
    expect(jobsOf(batches)).toEqual(['a', 'bc'])
    batches[1].finish()
    expect(await answers).toEqual(['A', 'B', 'C'])
  })
})

describe('time window', () => {
  const window = { strategy: 'time-window', maxRows: 3, maxDelayMs: 50 } as const

  it('leaves when its oldest row has waited the delay, not a moment later', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher(window)
    const answers = Promise.all([batcher.submit('a')])
    clock.advance(30)
    const late = batcher.submit('b')
    expect(clock.pendingTimers).toBe(1)
    clock.advance(19.9)
    expect(batches).toEqual([])
    clock.advance(0.1)
    expect(jobsOf(batches)).toEqual(['ab'])
    expect([...(await answers), await late]).toEqual(['A', 'B'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('sets one timer for a window however many rows join it, and asks the clock nothing in between', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ strategy: 'time-window', mode: 'async' })
    const delays: number[] = []
    const { setTimer } = clock
    clock.setTimer = (callback, delayMs) => {
      delays.push(delayMs)
      return setTimer(callback, delayMs)
    }
    const answers: Promise<string>[] = []
    for (let i = 0; i < 49; i++) {
      answers.push(batcher.submit(`${i}`))
      clock.advance(1)
    }
    clock.advance(0.9)
    expect([batches.length, delays]).toEqual([0, [50]])
    clock.advance(0.1)
    batches[0].finish()
    expect(await Promise.all(answers)).toHaveLength(49)
    expect(delays).toEqual([50])
  })

  it('leaves when it is full, and starts a new window for the rest', async () => {
    const [batcher, { batches, clock, endTurn }] = createHandReleasedBatcher(window)
    const answers = Promise.all(['a', 'b', 'c', 'd'].map((job) => batcher.submit(job)))
    await endTurn()
    expect(jobsOf(batches)).toEqual(['abc'])
    await endTurn()
    clock.advance(49)
    expect(jobsOf(batches)).toEqual(['abc'])
    clock.advance(1)
    expect(jobsOf(batches)).toEqual(['abc', 'd'])
    await answers
  })

  it('measures from the oldest row that is still there', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher(window)
    const caller = new AbortController()
    const gone = codeOf(batcher.submit('a', { signal: caller.signal }))
    clock.advance(20)
    const stays = batcher.submit('b')
    caller.abort('left')
    expect(await gone).toBe('left')
    clock.advance(49)
    expect(batches).toEqual([])
    clock.advance(1)
    expect(jobsOf(batches)).toEqual(['b'])
    await stays
  })

  it('goes back to waiting where the row that filled it left in the same turn', async () => {
    const [batcher, { batches, clock, endTurn }] = createHandReleasedBatcher(window)
    const caller = new AbortController()
    const stay = [batcher.submit('a'), batcher.submit('b')]
    const gone = codeOf(batcher.submit('c', { signal: caller.signal }))
    caller.abort('left')
    await endTurn()
    expect(batches).toEqual([])
    clock.advance(50)
    expect(jobsOf(batches)).toEqual(['ab'])
    await Promise.all([...stay, gone])
  })

  it('leaves at once after a long run, for rows whose window passed meanwhile', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ ...window, mode: 'async' })
    const first = ['a', 'b', 'c'].map((job) => batcher.submit(job))
    const second = batcher.submit('d')
    clock.advance(60)
    expect(jobsOf(batches)).toEqual(['abc'])
    batches[0].finish()
    await Promise.all(first)
    expect(jobsOf(batches)).toEqual(['abc', 'd'])
    batches[1].finish()
    await second
  })

  it('survives timers that fire early, and delays longer than timers can be', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ ...window, maxDelayMs: 2 ** 31 + 500 })
    const answer = batcher.submit('a')
    clock.advance(2 ** 31 - 1)
    expect(batches).toEqual([])
    clock.advance(501)
    expect(jobsOf(batches)).toEqual(['a'])
    expect(await answer).toBe('A')
  })
})

describe('fixed size', () => {
  it('leaves full, and a partial batch after the maximum wait', async () => {
    const fixed = { strategy: 'fixed-size', maxRows: 2, maxDelayMs: 100 } as const
    const [batcher, { batches, clock, endTurn }] = createHandReleasedBatcher(fixed)
    const answers = Promise.all(['a', 'b', 'c'].map((job) => batcher.submit(job)))
    await endTurn()
    expect(jobsOf(batches)).toEqual(['ab'])
    await endTurn()
    clock.advance(100)
    expect(jobsOf(batches)).toEqual(['ab', 'c'])
    expect(await answers).toEqual(['A', 'B', 'C'])
  })
})

describe('batcher', () => {
  it('gives one bad job its own error and its neighbours their answers', async () => {
    const bad = createError('EXECUTION_FAILED', 'NaN')
    const [batcher, { endTurn }] = createHandReleasedBatcher({
      execute: (jobs) => jobs.map((job) => (job === 'b' ? bad : job)),
    })
    const answers = Promise.allSettled(['a', 'b', 'c'].map((job) => batcher.submit(job)))
    await endTurn()
    expect(await answers).toEqual([
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: bad },
      { status: 'fulfilled', value: 'c' },
    ])
  })

  it.each(['sync', 'async'] as const)(
    'rejects every job of a batch that fails as a whole, and goes on (%s)',
    async (mode) => {
      const broken = createError('OUT_OF_MEMORY', 'no room')
      let calls = 0
      const [batcher, { endTurn }] = createHandReleasedBatcher({
        mode,
        execute(jobs) {
          calls++
          if (calls > 1) return [...jobs]
          if (mode === 'sync') throw broken
          return Promise.reject(broken)
        },
      })
      const first = Promise.allSettled([batcher.submit('a', { rowCount: 1024 }), batcher.submit('b')])
      await endTurn()
      await endTurn()
      expect(await first).toEqual([
        { status: 'rejected', reason: broken },
        { status: 'fulfilled', value: 'b' },
      ])
      expect(calls).toBe(2)
    },
  )

  it('counts jobs in rows, never splits one, and lets none overtake one that does not fit', async () => {
    const [batcher, { batches, endTurn }] = createHandReleasedBatcher({ maxRows: 4 })
    const sizes = { a: 2, b: 3, c: 1, d: 4, e: 1 }
    const answers = Object.entries(sizes).map(([job, rowCount]) => batcher.submit(job, { rowCount }))
    expect(batcher.queuedRows).toBe(11)
    for (let turn = 0; turn < 5; turn++) await endTurn()
    expect(jobsOf(batches)).toEqual(['a', 'bc', 'd', 'e'])
    await Promise.all(answers)
  })

  it('refuses rows beyond maxQueuedRows with a hint that follows the measured runs', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ mode: 'async', maxQueuedRows: 4, maxRows: 4 })
    const first = batcher.submit('a', { rowCount: 4 })
    const second = batcher.submit('b', { rowCount: 3 })
    await expect(batcher.submit('c', { rowCount: 2 })).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      retryable: true,
      retryAfterMs: 50,
      details: { queuedRows: 3, maxQueuedRows: 4, rowCount: 2 },
    })
    clock.advance(20)
    batches[0].finish()
    await first
    const third = batcher.submit('d', { rowCount: 4 })
    await expect(batcher.submit('e')).rejects.toMatchObject({ code: 'QUEUE_FULL', retryAfterMs: 20 })
    batches[1].finish()
    await second
    batches[2].finish()
    await third
    expect(batcher.queuedRows).toBe(0)
  })

  it('lets high pass normal and normal pass low, but none wait forever', async () => {
    const [batcher, { batches, clock, endTurn }] = createHandReleasedBatcher({ maxRows: 1 })
    const answers = [
      batcher.submit('l', { priority: 'low' }),
      batcher.submit('n'),
      batcher.submit('h', { priority: 'high' }),
      batcher.submit('i', { priority: 'high' }),
    ]
    await endTurn()
    clock.advance(99)
    answers.push(batcher.submit('j', { priority: 'high' }))
    for (let turn = 0; turn < 3; turn++) await endTurn()
    clock.advance(902)
    answers.push(batcher.submit('k', { priority: 'high' }))
    for (let turn = 0; turn < 3; turn++) await endTurn()
    expect(jobsOf(batches)).toEqual(['h', 'i', 'j', 'n', 'l', 'k'])
    await Promise.all(answers)
  })

  it('drops a late row before the batch is sent, and answers its neighbours', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ mode: 'async' })
    const first = batcher.submit('a')
    const late = codeOf(batcher.submit('b', { deadlineAtMs: clock.now() + 10 }))
    const patient = batcher.submit('c', { deadlineAtMs: clock.now() + 1000 })
    clock.advance(10)
    expect(await late).toBe('DEADLINE_EXCEEDED')
    expect(batcher.queuedRows).toBe(1)
    batches[0].finish()
    await first
    batches[1].finish()
    expect(await patient).toBe('C')
    expect(jobsOf(batches)).toEqual(['a', 'c'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('lets a caller go at its deadline although its batch still runs', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ mode: 'async' })
    const late = batcher.submit('a', { deadlineAtMs: clock.now() + 10 })
    clock.advance(12)
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', details: { stage: 'running', waitedMs: 10 } })
    batches[0].finish()
    await flushPromises()
    expect(clock.pendingTimers).toBe(0)
  })

  it('never runs a row whose deadline passed while the thread was blocked', async () => {
    const [batcher, { batches, clock, endTurn }] = createHandReleasedBatcher()
    const setTimer = clock.setTimer
    clock.setTimer = () => setTimer(() => undefined, 0)
    const late = codeOf(batcher.submit('a', { deadlineAtMs: clock.now() + 10 }))
    const other = batcher.submit('b')
    clock.advance(10)
    await endTurn()
    expect(await late).toBe('DEADLINE_EXCEEDED')
    expect(await other).toBe('B')
    expect(jobsOf(batches)).toEqual(['b'])
  })

  it('holds a caller to its deadline where the run in this thread outlasted it', async () => {
    const [batcher, { clock, endTurn }] = createHandReleasedBatcher({
      execute(jobs) {
        clock.advance(20)
        return [...jobs]
      },
    })
    const late = codeOf(batcher.submit('a', { deadlineAtMs: clock.now() + 10 }))
    const patient = batcher.submit('b')
    await endTurn()
    expect(await late).toBe('DEADLINE_EXCEEDED')
    expect(await patient).toBe('b')
  })

  it('drains: partial batches leave without waiting, and it is done when the last run is', async () => {
    const window = { strategy: 'time-window', mode: 'async', maxRows: 2 } as const
    const [batcher, { batches, clock }] = createHandReleasedBatcher(window)
    const answers = Promise.all(['a', 'b', 'c'].map((job) => batcher.submit(job)))
    let isDrained = false
    const drained = batcher.drain().then(() => (isDrained = true))
    batches[0].finish()
    await flushPromises()
    expect(jobsOf(batches)).toEqual(['ab', 'c'])
    expect(isDrained).toBe(false)
    batches[1].finish()
    await drained
    expect(await answers).toEqual(['A', 'B', 'C'])
    expect(clock.pendingTimers).toBe(0)
    await batcher.drain()
  })

  it('drains at once a window that has not filled, in this thread as elsewhere', async () => {
    const [batcher, { batches, endTurn, clock }] = createHandReleasedBatcher({ strategy: 'time-window' })
    const answer = batcher.submit('a')
    const drained = batcher.drain()
    await endTurn()
    await drained
    expect(await answer).toBe('A')
    expect(jobsOf(batches)).toEqual(['a'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('closes with `await using` and settles what waited', async () => {
    const [batcher, { batches, clock }] = createHandReleasedBatcher({ strategy: 'time-window' })
    const waiting = codeOf(batcher.submit('a', { deadlineAtMs: clock.now() + 5 }))
    await batcher[Symbol.asyncDispose]()
    expect(await waiting).toBe('CLOSED')
    expect(batches).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })
})
