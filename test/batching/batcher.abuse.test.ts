// Callers that leave at bad moments and executors that misbehave: every caller is settled once, and the batcher goes on.

import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { BatcherOptions } from '../../src/batching/batcher-options.ts'
import { answerTo, codeOf, createHandReleasedBatcher, flushPromises } from '../helpers/hand-released-batcher.ts'

describe('batcher, with callers that leave', () => {
  it('never runs a job whose signal was aborted before, and rejects with the reason itself', async () => {
    const [batcher, { batches, endTurn }] = createHandReleasedBatcher()
    const reason = { why: 'client gone' }
    await expect(batcher.submit('a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await endTurn()
    expect(batches).toEqual([])
    expect(batcher.queuedRows).toBe(0)
  })

  it('drops an aborted row before the batch is sent, in the same tick, and frees its place', async () => {
    const [batcher, { batches, endTurn }] = createHandReleasedBatcher({ maxQueuedRows: 2 })
    const caller = new AbortController()
    const gone = codeOf(batcher.submit('a', { signal: caller.signal }))
    const stays = batcher.submit('b')
    expect(await codeOf(batcher.submit('c'))).toBe('QUEUE_FULL')
    caller.abort('left')
    const late = batcher.submit('d')
    await endTurn()
    expect(await gone).toBe('left')
    expect([await stays, await late]).toEqual(['B', 'D'])
    expect(batches.map(({ jobs }) => jobs)).toEqual([['b', 'd']])
  })

  it('sends no batch where all have left', async () => {
    const [batcher, { batches, endTurn }] = createHandReleasedBatcher()
    const caller = new AbortController()
    const gone = ['a', 'b'].map((job) => codeOf(batcher.submit(job, { signal: caller.signal })))
    caller.abort('left')
    await endTurn()
    expect(await Promise.all(gone)).toEqual(['left', 'left'])
    expect(batches).toEqual([])
    const next = batcher.submit('c')
    await endTurn()
    expect(await next).toBe('C')
  })

  it('disarms the window of a row that left, so that no timer holds the process', async () => {
    const [batcher, { clock }] = createHandReleasedBatcher({ strategy: 'time-window' })
    const caller = new AbortController()
    const gone = codeOf(batcher.submit('a', { signal: caller.signal, deadlineAtMs: clock.now() + 9 }))
    expect(clock.pendingTimers).toBe(2)
    caller.abort('left')
    expect(clock.pendingTimers).toBe(0)
    expect(await gone).toBe('left')
  })

  it('lets a caller go while its batch runs, and its neighbours get their answers', async () => {
    const [batcher, { batches }] = createHandReleasedBatcher({ mode: 'async' })
    const caller = new AbortController()
    const first = batcher.submit('x')
    const gone = codeOf(batcher.submit('a', { signal: caller.signal }))
    const stays = batcher.submit('b')
    batches[0].finish()
    await first
    caller.abort('left')
    expect(await gone).toBe('left')
    batches[1].finish()
    expect(await stays).toBe('B')
    expect(batches[1].jobs).toEqual(['a', 'b'])
  })

  it('puts one listener on a signal that a hundred rows share, and takes it off when they are settled', async () => {
    const [batcher, { endTurn }] = createHandReleasedBatcher()
    const { signal } = new AbortController()
    const answers = Promise.all(Array.from({ length: 100 }, (_, i) => batcher.submit(`${i}`, { signal })))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await endTurn()
    await answers
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('runs none of the jobs that share a signal, though the first to leave makes room for a full batch', async () => {
    const window = { strategy: 'time-window', mode: 'async', maxRows: 4, maxQueuedRows: 8 } as const
    const [batcher, { batches, clock }] = createHandReleasedBatcher(window)
    const caller = new AbortController()
    const shared = { signal: caller.signal }
    const gone = [codeOf(batcher.submit('a', shared)), codeOf(batcher.submit('b', shared))]
    const stays = batcher.submit('c')
    const waits = batcher.submit('d', { rowCount: 3, whenFull: 'wait' })
    caller.abort('left')
    expect(await Promise.all(gone)).toEqual(['left', 'left'])
    expect(batches.map(({ jobs }) => jobs)).toEqual([['c', 'd']])
    batches[0].finish()
    expect(await Promise.all([stays, waits])).toEqual(['C', 'D'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('takes its listener off when the signal aborts', async () => {
    const [batcher] = createHandReleasedBatcher()
    const caller = new AbortController()
    const gone = codeOf(batcher.submit('a', { signal: caller.signal }))
    caller.abort('left')
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
    await gone
  })

  it.each([0, -1, 1.5, NaN, 1025])('refuses a job of %s rows', async (rowCount) => {
    const [batcher, { batches }] = createHandReleasedBatcher()
    await expect(batcher.submit('a', { rowCount })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { rowCount, maxRows: 1024 },
    })
    expect(batches).toEqual([])
  })

  it.each([0, 1000, NaN, -Infinity])(
    'refuses a deadline that has passed (%s) without running the job',
    async (deadlineAtMs) => {
      const [batcher, { batches, endTurn, clock }] = createHandReleasedBatcher()
      expect(clock.now()).toBe(1000)
      expect(await codeOf(batcher.submit('a', { deadlineAtMs }))).toBe('DEADLINE_EXCEEDED')
      await endTurn()
      expect(batches).toEqual([])
    },
  )

  it('names the model in its errors', async () => {
    const [batcher] = createHandReleasedBatcher({ model: 'churn', maxQueuedRows: 1 })
    const waiting = codeOf(batcher.submit('a'))
    await expect(batcher.submit('b')).rejects.toMatchObject({
      message: expect.stringMatching(/^churn: the queue takes 1 rows and holds 1/),
      details: { model: 'churn' },
    })
    await batcher.close()
    await waiting
  })
})

describe('batcher, with an executor that misbehaves', () => {
  it.each<[string, unknown]>([
    ['too few results', ['A']],
    ['too many results', ['A', 'B', 'C']],
    ['nothing', undefined],
    ['null', null],
    ['an object', { a: 'A', b: 'B' }],
  ])('fails the batch that got %s, and runs the next', async (_, results) => {
    let calls = 0
    const execute = ((jobs: readonly string[]) => (calls++ === 0 ? results : jobs.map(answerTo))) as BatcherOptions<
      string,
      string
    >['execute']
    const [batcher, { endTurn }] = createHandReleasedBatcher({ execute })
    const failed = ['a', 'b'].map((job) => codeOf(batcher.submit(job)))
    await endTurn()
    expect(await Promise.all(failed)).toEqual(['EXECUTION_FAILED', 'EXECUTION_FAILED'])
    const next = batcher.submit('c')
    await endTurn()
    expect(await next).toBe('C')
  })

  it('rejects with what was thrown, whatever that is', async () => {
    const [batcher, { endTurn }] = createHandReleasedBatcher({
      execute() {
        throw 'a text' as unknown
      },
    })
    const failed = codeOf(batcher.submit('a'))
    await endTurn()
    expect(await failed).toBe('a text')
  })

  it('hears a thenable that calls back twice only once', async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
      then(resolve: (results: string[]) => void, reject: (error: unknown) => void) {
        resolve(['A'])
        resolve(['B'])
        reject(new Error('too late'))
      },
    }
    const [batcher] = createHandReleasedBatcher({ mode: 'async', execute: () => thenable as PromiseLike<string[]> })
    expect(await batcher.submit('a')).toBe('A')
    expect(await batcher.submit('b')).toBe('A')
  })

  it('settles all with CLOSED where the executor never answers, and ignores what it says later', async () => {
    const [batcher, { batches, reports, clock }] = createHandReleasedBatcher({ mode: 'async' })
    const { signal } = new AbortController()
    const running = codeOf(batcher.submit('a', { signal, deadlineAtMs: clock.now() + 99 }))
    const queued = codeOf(batcher.submit('b', { signal }))
    const drained = batcher.drain()
    await batcher.close()
    expect([await running, await queued]).toEqual(['CLOSED', 'CLOSED'])
    await drained
    batches[0].finish()
    await flushPromises()
    expect(reports).toEqual([])
    expect(batches).toHaveLength(1)
    expect(clock.pendingTimers).toBe(0)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    await batcher.close()
    expect(await codeOf(batcher.submit('c'))).toBe('CLOSED')
    await batcher.drain()
  })

  it('queues what the executor submits, for a batch of its own', async () => {
    const inner: Promise<string>[] = []
    const seen: string[] = []
    const [batcher, { endTurn }] = createHandReleasedBatcher({
      execute(jobs) {
        seen.push(jobs.join(''))
        if (seen.length === 1) inner.push(batcher.submit('inner'))
        return jobs.map(answerTo)
      },
    })
    const outer = batcher.submit('outer')
    await endTurn()
    await endTurn()
    expect([await outer, await inner[0]]).toEqual(['OUTER', 'INNER'])
    expect(seen).toEqual(['outer', 'inner'])
  })

  it('queues what a result submits while it is handed over', async () => {
    const inner: Promise<unknown>[] = []
    const [batcher, { endTurn, batches }] = createHandReleasedBatcher({
      execute: (jobs) =>
        jobs.map((job) => {
          const result = {
            get then() {
              if (inner.length === 0) inner.push(batcher.submit('inner'))
              return undefined
            },
          }
          batches.push({ jobs: [job], finish: () => undefined, fail: () => undefined })
          return result as unknown as string
        }),
    })
    const outer = Promise.all([batcher.submit('a'), batcher.submit('b')])
    await endTurn()
    await endTurn()
    await outer
    await inner[0]
    expect(batches.map(({ jobs }) => jobs[0])).toEqual(['a', 'b', 'inner'])
  })

  it.each(['sync', 'async'] as const)('may be closed from inside the executor (%s)', async (mode) => {
    const [batcher, { endTurn }] = createHandReleasedBatcher({
      mode,
      execute(jobs) {
        void batcher.close()
        return [...jobs]
      },
    })
    const settled = ['a', 'b'].map((job) => codeOf(batcher.submit(job)))
    await endTurn()
    expect(await Promise.all(settled)).toEqual(['CLOSED', 'CLOSED'])
  })

  it('may abort its own callers from inside', async () => {
    const caller = new AbortController()
    const [batcher, { endTurn }] = createHandReleasedBatcher({
      execute(jobs) {
        caller.abort('left')
        return jobs.map(answerTo)
      },
    })
    const gone = codeOf(batcher.submit('a', { signal: caller.signal }))
    const stays = batcher.submit('b')
    await endTurn()
    expect([await gone, await stays]).toEqual(['left', 'B'])
  })

  it('keeps its stack flat over ten thousand batches that a promised-elsewhere executor answers at once', async () => {
    const [batcher, { endTurn }] = createHandReleasedBatcher({
      mode: 'async',
      maxRows: 1,
      execute: (jobs) => [...jobs],
    })
    const answers = Promise.all(Array.from({ length: 10_000 }, (_, i) => batcher.submit(`${i}`)))
    for (let turn = 0; turn < 10_000 && batcher.queuedRows > 0; turn++) await endTurn()
    expect((await answers).length).toBe(10_000)
  })
})
