import { describe, expect, it } from 'vitest'
import { createError } from '../../src/errors.ts'
import type { Publish } from '../../src/observe/channels.ts'
import type { StopSignal } from '../../src/observe/stop-signal.ts'
import type { Prediction } from '../../src/rows/prediction.ts'
import { createRenewals } from '../../src/runtime/renewals.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'

const answer: Prediction = { model: 'm', version: '1', source: 'model', label: 'yes' }

function createSubject() {
  const clock = createFakeClock()
  const faults: unknown[] = []
  const publish: Publish = (channel, message) => {
    if (channel === 'cacheFault') faults.push(message)
  }
  const signals: (StopSignal | undefined)[] = []
  const settles: { resolve: (prediction: Prediction) => void; reject: (error: unknown) => void }[] = []
  const load = (signal: StopSignal | undefined): Promise<Prediction> => {
    signals.push(signal)
    return new Promise((resolve, reject) => settles.push({ resolve, reject }))
  }
  const renewals = createRenewals({ clock, publish })
  const beginTurn = async (): Promise<void> => {
    clock.advance(0)
    await settleMicrotasks()
  }
  return { renewals, load, signals, settles, faults, clock, beginTurn }
}

describe('createRenewals', () => {
  it('runs nothing before this turn is over, and then all that was started at once', async () => {
    const { renewals, load, signals, clock, beginTurn } = createSubject()
    expect(renewals.start('a', load)).toBe(true)
    expect(renewals.start('b', load)).toBe(true)
    await settleMicrotasks()
    expect(signals).toHaveLength(0)
    expect(clock.pendingTimers).toBe(1)
    await beginTurn()
    expect(signals).toHaveLength(2)
    expect(clock.pendingTimers).toBe(0)
  })

  it('starts no second run for a key under way, and forgets one that ended', async () => {
    const { renewals, load, settles, beginTurn } = createSubject()
    expect([renewals.start('a', load), renewals.start('a', load)]).toEqual([true, false])
    await beginTurn()
    expect(renewals.start('a', load)).toBe(false)
    settles[0].resolve(answer)
    await settleMicrotasks()
    expect(renewals.size).toBe(0)
    expect(renewals.start('a', load)).toBe(true)
  })

  it('bounds what is under way', () => {
    const { renewals, load } = createSubject()
    const started = Array.from({ length: 1000 }, (_, i) => renewals.start(String(i), load))
    expect(started.filter(Boolean)).toHaveLength(256)
    expect(renewals.size).toBe(256)
  })

  it('publishes a failure, and throws it at nobody', async () => {
    const { renewals, load, settles, faults, beginTurn } = createSubject()
    renewals.start('a', load)
    await beginTurn()
    const error = createError('EXECUTION_FAILED', 'the backend threw')
    settles[0].reject(error)
    await settleMicrotasks()
    expect(faults).toEqual([{ operation: 'revalidate', error }])
  })

  it('publishes the same failure once, until a run succeeds or fails in another way', async () => {
    const { renewals, load, settles, faults, beginTurn } = createSubject()
    const fail = async (message: string | undefined): Promise<void> => {
      renewals.start('a', load)
      await beginTurn()
      if (message === undefined) settles.at(-1)?.resolve(answer)
      else settles.at(-1)?.reject(createError('EXECUTION_FAILED', message))
      await settleMicrotasks()
    }
    for (const message of ['threw', 'threw', 'threw', 'hung', 'threw', undefined, 'threw']) await fail(message)
    expect(faults.map((fault) => String((fault as { error: Error }).error.message))).toEqual([
      'threw',
      'hung',
      'threw',
      'threw',
    ])
  })

  it('does not call it a failure that the model was unloaded meanwhile', async () => {
    const { renewals, load, settles, faults, beginTurn } = createSubject()
    renewals.start('a', load)
    await beginTurn()
    settles[0].reject(createError('CLOSED', 'm@1 is closed'))
    await settleMicrotasks()
    expect(faults).toEqual([])
    expect(renewals.size).toBe(0)
  })

  it('lets callers join a run, and leave it without ending it', async () => {
    const { renewals, load, signals, settles, beginTurn } = createSubject()
    expect(renewals.join('a', {})).toBeUndefined()
    renewals.start('a', load)
    await beginTurn()
    const controller = new AbortController()
    const stays = renewals.join('a', {})
    const leaves = expect(renewals.join('a', { signal: controller.signal })).rejects.toBe('bye')
    controller.abort('bye')
    await leaves
    expect(signals[0]?.aborted).toBe(false)
    settles[0].resolve(answer)
    expect(await stays).toBe(answer)
    expect(renewals.join('a', {})).toBeUndefined()
  })

  it('aborts what is under way when closed, before its turn and within it, and starts nothing afterwards', async () => {
    const { renewals, load, signals, faults, clock, beginTurn } = createSubject()
    renewals.start('a', load)
    await beginTurn()
    renewals.start('b', load)
    await renewals.close()
    await renewals.close()
    expect(signals[0]?.aborted).toBe(true)
    expect(renewals.size).toBe(0)
    expect(clock.pendingTimers).toBe(0)
    expect(renewals.start('c', load)).toBe(false)
    await beginTurn()
    expect(signals).toHaveLength(1)
    expect(faults).toEqual([])
  })
})
