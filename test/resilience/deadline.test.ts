import { describe, expect, it } from 'vitest'
import { withDeadline } from '../../src/resilience/deadline.ts'
import type { DeadlineOptions } from '../../src/resilience/deadline.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'

/** A signal that knows how many listeners it has. */
function createCountedSignal(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController()
  let count = 0
  const { signal } = controller
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count--
    remove(...args)
  }
  return { controller, listeners: () => count }
}

function createSubject(options: Partial<DeadlineOptions> = {}): [DeadlineOptions, FakeClock] {
  const clock = createFakeClock()
  return [{ clock, model: 'churn', ...options }, clock]
}

function never(): Promise<never> {
  return new Promise(() => {})
}

describe('withDeadline', () => {
  it('gives the answer and leaves neither timer nor listener behind', async () => {
    const { controller, listeners } = createCountedSignal()
    const [options, clock] = createSubject({ timeoutMs: 50, signal: controller.signal })
    expect(await withDeadline(options, () => Promise.resolve('answer'))).toBe('answer')
    expect(clock.pendingTimers).toBe(0)
    expect(listeners()).toBe(0)
  })

  it('throws DEADLINE_EXCEEDED when the time has passed, and aborts the work with it', async () => {
    const [options, clock] = createSubject({ timeoutMs: 50 })
    let workSignal: AbortSignal | undefined
    const answer = withDeadline(options, (signal) => {
      workSignal = signal
      return never()
    })
    clock.advance(49)
    expect(workSignal?.aborted).toBe(false)
    clock.advance(1)
    const error: unknown = await answer.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', details: { model: 'churn', timeoutMs: 50 } })
    expect(workSignal?.reason).toBe(error)
    expect(clock.pendingTimers).toBe(0)
  })

  it.each([undefined, 50])('rethrows the very reason of an abort (timeoutMs %s)', async (timeoutMs) => {
    const { controller, listeners } = createCountedSignal()
    const [options, clock] = createSubject({ timeoutMs, signal: controller.signal })
    const reason = { any: 'value' }
    const answer = withDeadline(options, never)
    controller.abort(reason)
    expect(await answer.catch((error: unknown) => error)).toBe(reason)
    expect(clock.pendingTimers).toBe(0)
    expect(listeners()).toBe(0)
  })

  it('does not start the work for a caller that has left already', async () => {
    const reason = new Error('gone')
    const [options, clock] = createSubject({ timeoutMs: 50, signal: AbortSignal.abort(reason) })
    let hasStarted = false
    const answer = withDeadline(options, () => (hasStarted = true))
    expect(await answer.catch((error: unknown) => error)).toBe(reason)
    expect(hasStarted).toBe(false)
    expect(clock.pendingTimers).toBe(0)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
    ], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('boom'))],
  ])('passes the work’s own error on when it %s, and cleans up', async (_title, work) => {
    const { controller, listeners } = createCountedSignal()
    const [options, clock] = createSubject({ timeoutMs: 50, signal: controller.signal })
    await expect(withDeadline(options, work)).rejects.toThrow('boom')
    expect(clock.pendingTimers).toBe(0)
    expect(listeners()).toBe(0)
  })

  it('hands work no signal where nothing can end it early', async () => {
    const [options] = createSubject({ timeoutMs: Infinity })
    expect(await withDeadline(options, (signal) => signal)).toBeUndefined()
  })

  it('does not fire at once for a timeout that timers cannot hold', async () => {
    const [options, clock] = createSubject({ timeoutMs: 1e12 })
    let finish = (_answer: string): void => {}
    const answer = withDeadline(options, () => new Promise<string>((resolve) => (finish = resolve)))
    clock.advance(1e9)
    finish('answer')
    expect(await answer).toBe('answer')
  })

  it('leaves no unhandled rejection when the work fails after the deadline', async () => {
    const [options, clock] = createSubject({ timeoutMs: 50 })
    let fail = (_error: Error): void => {}
    const answer = withDeadline(options, () => new Promise<never>((_, reject) => (fail = reject)))
    clock.advance(50)
    fail(new Error('late'))
    await expect(answer).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  })

  it.each([0, -1, NaN, '50', null])('refuses timeoutMs %s', async (timeoutMs) => {
    const [options] = createSubject({ timeoutMs: timeoutMs as number })
    await expect(withDeadline(options, never)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})
