import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type BulkLane, type BulkReply, createBulkLane } from '../../src/cache/bulk-lane.ts'
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.ts'

type Reply = BulkReply<readonly string[]>

type Calls = {
  /** The items of each call so far. */
  readonly items: (readonly string[])[]
  reply: (items: readonly string[]) => Promise<readonly string[]>
}

type Subject = {
  readonly ask: (item: string) => Promise<Reply>
  readonly lane: BulkLane<string>
  readonly calls: Calls
  /** Replies that came without items. */
  readonly probed: Reply[]
  readonly clock: FakeClock
  /** Lets time pass in which this thread runs neither timers nor anything else. */
  readonly block: (milliseconds: number) => void
}

/** cockatiel reads the time of day to half-open, so that is fake as well. */
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

function createSubject(isReady = () => true, maxItemsPerCall = 4, isWaitedFor = true): Subject {
  const clock = createFakeClock()
  let blockedMs = 0
  const calls: Calls = { items: [], reply: (items) => Promise.resolve(items) }
  const probed: Reply[] = []
  const asking = new Map<string, ((reply: Reply) => void)[]>()
  const lane = createBulkLane<string, readonly string[]>({
    clock: { ...clock, now: () => clock.now() + blockedMs },
    isReady,
    maxItemsPerCall,
    deadlineMs: 50,
    isWaitedFor,
    call(items) {
      calls.items.push(items)
      return calls.reply(items)
    },
    settle(items, reply) {
      if (items.length === 0) probed.push(reply)
      for (const item of items) asking.get(item)?.shift()?.(reply)
    },
  })
  const ask = (item: string): Promise<Reply> =>
    new Promise((resolve) => {
      asking.set(item, [...(asking.get(item) ?? []), resolve])
      lane.push(item)
    })
  const block = (milliseconds: number): void => void (blockedMs += milliseconds)
  return { ask, lane, calls, probed, clock, block }
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function failTimes({ ask, calls }: Subject, count: number): Promise<void> {
  calls.reply = () => Promise.reject(new Error('ECONNRESET'))
  for (let i = 0; i < count; i++) await ask('key')
}

const never = () => new Promise<never>(() => {})
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `key ${i}`)

describe('createBulkLane', () => {
  it('puts what is asked for in one turn into one call', async () => {
    const { ask, calls } = createSubject()
    const replies = await Promise.all(['a', 'b', 'c'].map(ask))
    expect(calls.items).toEqual([['a', 'b', 'c']])
    expect(replies[1]).toMatchObject({ kind: 'values', values: ['a', 'b', 'c'] })
    await ask('d')
    expect(calls.items).toHaveLength(2)
  })

  it('makes more calls where one would be too large', async () => {
    const { ask, calls } = createSubject()
    await Promise.all(names(10).map(ask))
    expect(calls.items.map((items) => items.length)).toEqual([4, 4, 2])
  })

  it('says how long a call took', async () => {
    const { ask, calls, clock } = createSubject()
    calls.reply = (items) => {
      clock.advance(3)
      return Promise.resolve(items)
    }
    expect(await ask('a')).toEqual({ kind: 'values', values: ['a'], durationMs: 3 })
  })

  it('has at most 4 calls under way, and puts what comes meanwhile together into the next', async () => {
    const { ask, calls } = createSubject(undefined, 2)
    const settle: (() => void)[] = []
    calls.reply = (items) => new Promise((resolve) => settle.push(() => resolve(items)))
    const asked = names(8).map(ask)
    await endOfTurn()
    expect(calls.items).toHaveLength(4)
    asked.push(ask('late'))
    await endOfTurn()
    asked.push(ask('later'))
    await endOfTurn()
    expect(calls.items).toHaveLength(4)
    settle.shift()?.()
    await endOfTurn()
    expect(calls.items.at(-1)).toEqual(['late', 'later'])
    for (const one of settle) one()
    await endOfTurn()
    expect(new Set((await Promise.all(asked)).map(({ kind }) => kind))).toEqual(new Set(['values']))
  })

  it('turns a rejection, or a throw, into a fault', async () => {
    const { ask, calls } = createSubject()
    const error = new Error('ECONNRESET')
    calls.reply = () => Promise.reject(error)
    expect(await ask('a')).toEqual({ kind: 'fault', error })
    calls.reply = () => {
      throw error
    }
    expect(await ask('a')).toEqual({ kind: 'fault', error })
  })

  it('gives up after its deadline without a reply, and leaves no timer behind', async () => {
    const { ask, calls, clock } = createSubject()
    calls.reply = never
    const reply = ask('a')
    await endOfTurn()
    clock.advance(50)
    expect(await reply).toMatchObject({ kind: 'fault', error: { code: 'DEADLINE_EXCEEDED' } })
    expect(clock.pendingTimers).toBe(0)
    calls.reply = (items) => Promise.resolve(items)
    await ask('a')
    expect(clock.pendingTimers).toBe(0)
  })

  it.each([true, false])(
    'does not fail at the first timer after a long batch in this thread: replied %s',
    async (isReplied) => {
      const { ask, calls, clock, block } = createSubject()
      let answer = (): void => {}
      calls.reply = (items) => new Promise((resolve) => (answer = () => resolve(items)))
      const reply = ask('a')
      await endOfTurn()
      block(120)
      clock.advance(10)
      await endOfTurn()
      if (isReplied) answer()
      else clock.advance(30)
      expect((await reply).kind).toBe(isReplied ? 'values' : 'fault')
      expect(clock.pendingTimers).toBe(0)
    },
  )

  it('handles a failure that comes after the deadline', async () => {
    const { ask, calls, clock } = createSubject()
    let fail = (_error: Error): void => {}
    calls.reply = () => new Promise((_, reject) => (fail = reject))
    const reply = ask('a')
    await endOfTurn()
    clock.advance(50)
    fail(new Error('late'))
    expect(await reply).toMatchObject({ kind: 'fault', error: { code: 'DEADLINE_EXCEEDED' } })
  })

  it('counts the deadline of a call from its own start', async () => {
    const { ask, calls, clock } = createSubject(undefined, 1)
    const settle: (() => void)[] = []
    calls.reply = (items) => new Promise((resolve) => settle.push(() => resolve(items)))
    const asked = names(5).map(ask)
    for (let round = 0; round < 2; round++) {
      await endOfTurn()
      clock.advance(49)
      for (const one of settle.splice(0)) one()
    }
    expect((await Promise.all(asked)).every(({ kind }) => kind === 'values')).toBe(true)
  })

  it('lets what waits go at once when a call has failed', async () => {
    const { ask, calls, clock } = createSubject(undefined, 2)
    calls.reply = never
    const asked = names(100).map(ask)
    await endOfTurn()
    clock.advance(50)
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'fault')).toHaveLength(8)
    expect(kinds.filter((kind) => kind === 'skipped')).toHaveLength(92)
    expect(clock.pendingTimers).toBe(0)
  })

  it('calls no more after 5 failures in a row, until a second has passed; then nobody waits for the first call', async () => {
    const subject = createSubject()
    const { ask, calls, probed, lane } = subject
    await failTimes(subject, 5)
    expect(lane.isAvailable).toBe(false)
    expect(await ask('a')).toEqual({ kind: 'skipped' })
    expect(calls.items).toHaveLength(5)
    vi.advanceTimersByTime(1000)
    calls.reply = (items) => Promise.resolve(items)
    expect(await ask('a')).toEqual({ kind: 'skipped' })
    await endOfTurn()
    expect(probed).toEqual([expect.objectContaining({ kind: 'values', values: ['a'] })])
    expect(lane.isAvailable).toBe(true)
    expect(await ask('a')).toMatchObject({ kind: 'values' })
    expect(probed).toHaveLength(1)
  })

  it('lets one call probe, and everybody go at once meanwhile', async () => {
    const subject = createSubject()
    const { ask, calls, probed, clock } = subject
    await failTimes(subject, 5)
    vi.advanceTimersByTime(1000)
    calls.reply = never
    const kinds = (await Promise.all(names(6).map(ask))).map(({ kind }) => kind)
    expect(new Set(kinds)).toEqual(new Set(['skipped']))
    expect(calls.items.slice(5)).toEqual([names(4)])
    expect(await ask('a')).toEqual({ kind: 'skipped' })
    await endOfTurn()
    clock.advance(50)
    await endOfTurn()
    expect(probed).toMatchObject([{ kind: 'fault', error: { code: 'DEADLINE_EXCEEDED' } }])
    expect(await ask('a')).toEqual({ kind: 'skipped' })
    expect(calls.items).toHaveLength(6)
  })

  it('probes with items that nobody waits for as with any others, so that none is lost', async () => {
    const subject = createSubject(undefined, 4, false)
    const { ask, calls, probed, lane } = subject
    await failTimes(subject, 5)
    vi.advanceTimersByTime(1000)
    calls.reply = (items) => Promise.resolve(items)
    expect(await ask('a')).toMatchObject({ kind: 'values', values: ['a'] })
    expect(probed).toEqual([])
    expect(lane.isAvailable).toBe(true)
  })

  it('lets go what has waited for two deadlines behind calls that were answered, and calls for the rest', async () => {
    const { ask, calls, clock } = createSubject(undefined, 1)
    const settle: (() => void)[] = []
    calls.reply = (items) => new Promise((resolve) => settle.push(() => resolve(items)))
    const early = names(14).map(ask)
    let late: Promise<Reply> | undefined
    for (let round = 0; round < 4; round++) {
      await endOfTurn()
      clock.advance(40)
      if (round === 1) late = ask('late')
      await endOfTurn()
      for (const one of settle.splice(0)) one()
    }
    const kinds = (await Promise.all(early)).map(({ kind }) => kind)
    expect(kinds.slice(0, 12).every((kind) => kind === 'values')).toBe(true)
    expect(kinds.slice(12)).toEqual(['skipped', 'skipped'])
    expect((await late)?.kind).toBe('values')
  })

  it('calls nothing without a connection', async () => {
    const { ask, calls, lane } = createSubject(() => false)
    expect(await ask('a')).toEqual({ kind: 'skipped' })
    expect(calls.items).toHaveLength(0)
    expect(lane.isAvailable).toBe(false)
  })
})
