import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createError, isMLError } from '../../src/errors.ts'
import type { Publish } from '../../src/observe/channels.ts'
import { createBreaker } from '../../src/resilience/breaker.ts'
import type { Breaker, BreakerOptions } from '../../src/resilience/breaker.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'

const failure = createError('EXECUTION_FAILED', 'kernel threw')

function createSubject(options: Partial<BreakerOptions> = {}): [Breaker, FakeClock, string[]] {
  const clock = createFakeClock()
  const transitions: string[] = []
  const publish: Publish = (channel, message) => {
    if (channel === 'breaker' && 'to' in message) transitions.push(`${message.from} → ${message.to}`)
  }
  return [createBreaker({ model: 'churn', clock, publish, ...options }), clock, transitions]
}

function failBatches(breaker: Breaker, count: number, error: unknown = failure): void {
  for (let i = 0; i < count; i++)
    try {
      breaker.guard(() => {
        throw error
      })
    } catch {
      // the run's own error, which its caller would get
    }
}

function refusal(action: () => unknown): { code: string; retryAfterMs: number | undefined } | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (!isMLError(error)) throw error
    return { code: error.code, retryAfterMs: error.retryAfterMs }
  }
}

describe('createBreaker', () => {
  it('opens after 5 failed batches in a row and then refuses rows at once', () => {
    const [breaker] = createSubject()
    failBatches(breaker, 4)
    expect(breaker.state).toEqual({ kind: 'closed', failures: 4 })
    expect(refusal(breaker.gate)).toBeUndefined()
    failBatches(breaker, 1)
    expect(refusal(breaker.gate)).toEqual({ code: 'BREAKER_OPEN', retryAfterMs: 30_000 })
  })

  it('does not open while successes come between', () => {
    const [breaker] = createSubject()
    for (let round = 0; round < 10; round++) {
      failBatches(breaker, 4)
      breaker.guard(() => 'answer')
    }
    expect(breaker.state).toEqual({ kind: 'closed', failures: 0 })
  })

  it('refuses a batch that gathered before the circuit opened', () => {
    const [breaker] = createSubject()
    failBatches(breaker, 5)
    let ran = false
    expect(refusal(() => breaker.guard(() => (ran = true)))?.code).toBe('BREAKER_OPEN')
    expect(ran).toBe(false)
  })

  it('says how long to wait, and lets rows in after that', () => {
    const [breaker, clock] = createSubject({ openMs: 100 })
    failBatches(breaker, 5)
    clock.advance(60)
    expect(refusal(breaker.gate)?.retryAfterMs).toBe(40)
    clock.advance(40)
    expect(refusal(breaker.gate)).toBeUndefined()
    expect(breaker.state.kind).toBe('half-open')
  })

  it('lets exactly one batch probe, and closes when it succeeds', async () => {
    const [breaker, clock, transitions] = createSubject({ openMs: 100 })
    failBatches(breaker, 5)
    clock.advance(100)
    let finish = (_answer: string): void => {}
    const probe = breaker.guard(() => new Promise<string>((resolve) => (finish = resolve)))
    expect(refusal(breaker.gate)?.code).toBe('BREAKER_OPEN')
    expect(refusal(() => breaker.guard(() => 'second'))?.code).toBe('BREAKER_OPEN')
    finish('answer')
    expect(await probe).toBe('answer')
    expect(breaker.state).toEqual({ kind: 'closed', failures: 0 })
    expect(transitions).toEqual(['closed → open', 'open → half-open', 'half-open → closed'])
  })

  it('opens again for the full time when the probe fails', () => {
    const [breaker, clock] = createSubject({ openMs: 100 })
    failBatches(breaker, 5)
    clock.advance(100)
    failBatches(breaker, 1)
    expect(refusal(breaker.gate)?.retryAfterMs).toBe(100)
  })

  it('lets another batch probe when the first was aborted', () => {
    const [breaker, clock] = createSubject({ openMs: 100 })
    failBatches(breaker, 5)
    clock.advance(100)
    failBatches(breaker, 1, new DOMException('caller left', 'AbortError'))
    expect(refusal(breaker.gate)).toBeUndefined()
    breaker.guard(() => 'answer')
    expect(breaker.state.kind).toBe('closed')
  })

  it('does not wait for ever for a probe that never settles', async () => {
    const [breaker, clock] = createSubject({ openMs: 100 })
    failBatches(breaker, 5)
    clock.advance(100)
    let wakeUp = (_answer: string): void => {}
    const hung = breaker.guard(() => new Promise<string>((resolve) => (wakeUp = resolve)))
    clock.advance(100)
    let finish = (_answer: string): void => {}
    const second = breaker.guard(() => new Promise<string>((resolve) => (finish = resolve)))
    wakeUp('too late')
    await hung
    expect(breaker.state.kind).toBe('half-open')
    finish('answer')
    await second
    expect(breaker.state.kind).toBe('closed')
  })

  it.each(['INPUT_INVALID', 'QUEUE_FULL', 'DEADLINE_EXCEEDED', 'BREAKER_OPEN', 'CLOSED'] as const)(
    'never counts %s against the model',
    (code) => {
      const [breaker] = createSubject()
      failBatches(breaker, 20, createError(code, 'not the model'))
      expect(breaker.state).toEqual({ kind: 'closed', failures: 0 })
    },
  )

  it.each(['EXECUTION_FAILED', 'OUT_OF_MEMORY'] as const)('counts %s', (code) => {
    const [breaker] = createSubject({ failureThreshold: 1 })
    failBatches(breaker, 1, createError(code, 'model'))
    expect(breaker.state.kind).toBe('open')
  })

  it('ignores a batch from before the opening, whether it fails or succeeds', async () => {
    const [breaker] = createSubject()
    let finish = (_answer: string): void => {}
    const early = breaker.guard(() => new Promise<string>((resolve) => (finish = resolve)))
    failBatches(breaker, 5)
    finish('answer')
    await early
    expect(breaker.state.kind).toBe('open')
  })

  it('counts a rejected promise once and leaves it to its caller', async () => {
    const [breaker] = createSubject()
    await expect(breaker.guard(() => Promise.reject(failure))).rejects.toBe(failure)
    expect(breaker.state).toEqual({ kind: 'closed', failures: 1 })
  })

  it('hands a synchronous answer back synchronously', () => {
    const [breaker] = createSubject()
    expect(breaker.guard(() => 42)).toBe(42)
  })

  it('never has two live probes, and never runs a batch while open, in any order of events', async () => {
    const step = fc.oneof(
      fc.constant({ kind: 'begin' as const }),
      fc.record({ kind: fc.constant('settle' as const), succeeds: fc.boolean(), pick: fc.nat() }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const [breaker, clock] = createSubject({ failureThreshold: 2, openMs: 50 })
        const running: {
          isProbe: boolean
          begunAt: number
          settle: (succeeds: boolean) => void
          done: Promise<void>
        }[] = []
        for (const action of steps) {
          if (action.kind === 'wait') clock.advance(action.ms)
          else if (action.kind === 'settle' && running.length > 0) {
            const [batch] = running.splice(action.pick % running.length, 1)
            batch.settle(action.succeeds)
            await batch.done
          } else if (action.kind === 'begin') {
            const before = breaker.state
            let settle = (_succeeds: boolean): void => {}
            const refused = refusal(() => {
              const run = breaker.guard(
                () =>
                  new Promise<void>(
                    (resolve, reject) => (settle = (succeeds) => (succeeds ? resolve() : reject(failure))),
                  ),
              )
              const done = run.catch(() => {})
              running.push({
                isProbe: breaker.state.kind === 'half-open',
                begunAt: clock.now(),
                settle: (s) => settle(s),
                done,
              })
            })
            const mustRefuse = before.kind === 'open' && clock.now() < before.openedAt + 50
            if (mustRefuse) expect(refused?.code).toBe('BREAKER_OPEN')
            if (before.kind === 'closed') expect(refused).toBeUndefined()
          }
          const live = running.filter((batch) => batch.isProbe && clock.now() < batch.begunAt + 50)
          if (breaker.state.kind === 'half-open') expect(live.length).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})

describe('a breaker that is untroubled', () => {
  it('is closed, and its last batch has not failed', () => {
    const [breaker, clock] = createSubject({ failureThreshold: 2, openMs: 100 })
    const told = [breaker.isUntroubled]
    const note = (): void => void told.push(breaker.isUntroubled)
    failBatches(breaker, 1, createError('INPUT_INVALID', 'a row'))
    note()
    failBatches(breaker, 1)
    note()
    breaker.guard(() => undefined)
    note()
    failBatches(breaker, 2)
    note()
    clock.advance(100)
    breaker.gate()
    note()
    const end = breaker.begin()
    note()
    end()
    note()
    expect(told).toEqual([true, true, false, true, false, false, false, true])
  })
})
