import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createSingleFlight } from '../../src/cache/single-flight.ts'
import type { SingleFlight, Wanted } from '../../src/cache/single-flight.ts'
import type { StopSignal } from '../../src/observe/stop-signal.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

type Calls = {
  readonly signals: (StopSignal | undefined)[]
  finish(result: string): void
  fail(error: unknown): void
}

/** A flight whose every load waits until the test settles the latest one. */
function createSubject(
  clock = createFakeClock(),
): [SingleFlight<string>, (signal: StopSignal | undefined) => Promise<string>, Calls] {
  let settle: { resolve: (result: string) => void; reject: (error: unknown) => void } | undefined
  const signals: (StopSignal | undefined)[] = []
  const load = (signal: StopSignal | undefined): Promise<string> => {
    signals.push(signal)
    return new Promise((resolve, reject) => (settle = { resolve, reject }))
  }
  return [
    createSingleFlight<string>(clock),
    load,
    { signals, finish: (result) => settle?.resolve(result), fail: (error) => settle?.reject(error) },
  ]
}

function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => error,
  )
}

describe('createSingleFlight', () => {
  it('loads once for 100 callers at once, and tells them all the same', async () => {
    const [flights, load, calls] = createSubject()
    const answers = Array.from({ length: 100 }, () => flights.run('key', load))
    calls.finish('answer')
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['answer']))
    expect(calls.signals).toHaveLength(1)
  })

  it('keeps different keys apart', async () => {
    const [flights] = createSubject()
    const answers = ['a', 'b'].map((key) => flights.run(key, () => Promise.resolve(key)))
    expect(await Promise.all(answers)).toEqual(['a', 'b'])
  })

  it('forgets a flight once it has landed', async () => {
    const [flights, load, calls] = createSubject()
    const first = flights.run('key', load)
    expect(flights.isFlying('key')).toBe(true)
    calls.finish('answer')
    await first
    expect(flights.size).toBe(0)
    void flights.run('key', load)
    expect(calls.signals).toHaveLength(2)
  })

  it('fails those who wait, and loads anew for the next', async () => {
    const [flights, load, calls] = createSubject()
    const waiting = [flights.run('key', load), flights.run('key', load, { signal: new AbortController().signal })]
    const error = new Error('boom')
    calls.fail(error)
    expect(await Promise.all(waiting.map(caught))).toEqual([error, error])
    expect(flights.isFlying('key')).toBe(false)
  })

  it('turns a load that throws at once into a rejection', async () => {
    const [flights] = createSubject()
    const error = new Error('boom')
    const answer = flights.run('key', () => {
      throw error
    })
    expect(await caught(answer)).toBe(error)
    expect(flights.size).toBe(0)
  })

  it('lets one caller leave without failing the others', async () => {
    const [flights, load, calls] = createSubject()
    const controller = new AbortController()
    const leaving = flights.run('key', load, { signal: controller.signal })
    const staying = [flights.run('key', load), flights.run('key', load, { signal: new AbortController().signal })]
    const reason = { any: 'value' }
    controller.abort(reason)
    expect(await caught(leaving)).toBe(reason)
    expect(calls.signals[0]?.aborted).toBe(false)
    calls.finish('answer')
    expect(await Promise.all(staying)).toEqual(['answer', 'answer'])
  })

  it('gives each caller its own reason, and the load the last one', async () => {
    const [flights, load, calls] = createSubject()
    const controllers = [new AbortController(), new AbortController()]
    const leaving = controllers.map(({ signal }) => caught(flights.run('key', load, { signal })))
    controllers[0].abort('first')
    controllers[1].abort('second')
    expect(await Promise.all(leaving)).toEqual(['first', 'second'])
    expect(calls.signals[0]?.reason).toBe('second')
  })

  it('never lets a new caller join a flight that everyone has left', async () => {
    const [flights, load, calls] = createSubject()
    const controller = new AbortController()
    const leaving = caught(flights.run('key', load, { signal: controller.signal }))
    const landFirst = calls.finish
    controller.abort('left')
    await leaving
    const second = flights.run('key', load)
    landFirst('of the second load')
    expect(calls.signals).toHaveLength(2)
    expect(await second).toBe('of the second load')
  })

  it('ends for each caller at its own deadline, by one timer, and is aborted with the last', async () => {
    const clock = createFakeClock()
    const [flights, load, calls] = createSubject(clock)
    const due = (inMs: number) => ({ atMs: clock.now() + inMs, error: () => new Error(`after ${inMs} ms`) })
    const callers = [10, 20].map((inMs) => caught(flights.run('key', load, { deadline: due(inMs) })))
    expect(clock.pendingTimers).toBe(1)
    clock.advance(10)
    expect(await callers[0]).toEqual(new Error('after 10 ms'))
    expect(calls.signals[0]?.aborted).toBe(false)
    clock.advance(10)
    expect(await callers[1]).toEqual(new Error('after 20 ms'))
    expect(calls.signals[0]?.reason).toEqual(new Error('after 20 ms'))
    expect([flights.size, clock.pendingTimers]).toEqual([0, 0])
  })

  it('leaves no timer behind where it lands in time', async () => {
    const clock = createFakeClock()
    const [flights, load, calls] = createSubject(clock)
    const { signal } = new AbortController()
    const deadline = { atMs: clock.now() + 10, error: () => new Error('late') }
    const answer = flights.run('key', load, { signal, deadline })
    calls.finish('answer')
    expect(await answer).toBe('answer')
    expect([clock.pendingTimers, getEventListeners(signal, 'abort').length]).toEqual([0, 0])
  })

  it('flies on for a caller who cannot leave', async () => {
    const [flights, load, calls] = createSubject()
    const staying = flights.run('key', load)
    const controller = new AbortController()
    const leaving = caught(flights.run('key', load, { signal: controller.signal }))
    controller.abort('left')
    expect(await leaving).toBe('left')
    calls.finish('answer')
    expect(await staying).toBe('answer')
  })

  it('tells the load how long anyone wants the answer, as callers join', async () => {
    const [flights] = createSubject()
    const error = (): Error => new Error('late')
    const untilMs: number[] = []
    const load = async (_: StopSignal | undefined, wanted: Wanted): Promise<string> => {
      untilMs.push(wanted.untilMs)
      await Promise.resolve()
      untilMs.push(wanted.untilMs)
      return 'answer'
    }
    const answers = [2000, 1500].map((atMs) => flights.run('a', load, { deadline: { atMs, error } }))
    answers.push(flights.run('b', load, { untilMs: 1200 }), flights.run('b', load))
    expect(await Promise.all(answers)).toEqual(Array.from(answers, () => 'answer'))
    expect(untilMs).toEqual([2000, 1200, 2000, Infinity])
  })

  it('gives no answer after the deadline where the thread was busy and the timer is late', async () => {
    const clock = createFakeClock()
    const [flights, load, calls] = createSubject(clock)
    const deadline = { atMs: clock.now() + 50, error: () => new Error('late') }
    const late = caught(flights.run('key', load, { deadline }))
    const patient = flights.run('key', load)
    clock.block(60)
    calls.finish('answer')
    expect(await late).toEqual(new Error('late'))
    expect(await patient).toBe('answer')
    expect(clock.pendingTimers).toBe(0)
  })

  it('loads nothing for a caller who has left already', async () => {
    const [flights, load, calls] = createSubject()
    expect(await caught(flights.run('key', load, { signal: AbortSignal.abort('gone') }))).toBe('gone')
    expect(calls.signals).toHaveLength(0)
  })

  it('leaves no unhandled rejection when a flight fails after all have left', async () => {
    const [flights, load, calls] = createSubject()
    const controller = new AbortController()
    const leaving = caught(flights.run('key', load, { signal: controller.signal }))
    controller.abort('left')
    calls.fail(new Error('late'))
    expect(await leaving).toBe('left')
  })
})
