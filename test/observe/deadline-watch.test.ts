// One timer for any number of deadlines: each is kept, in any order, and none outlives its job.

import { describe, expect, it } from 'vitest'
import { DeadlineWatch } from '../../src/observe/deadline-watch.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

function createWatch() {
  const clock = createFakeClock(0)
  const late: [name: string, atMs: number][] = []
  const watch = new DeadlineWatch<{ readonly name: string; readonly deadlineAtMs: number }>(clock, ({ name }) =>
    late.push([name, clock.now()]),
  )
  const add = (name: string, deadlineAtMs: number) => {
    const job = { name, deadlineAtMs }
    watch.add(job, clock.now())
    return job
  }
  return { clock, late, watch, add }
}

describe('deadlines', () => {
  it('are told one after the other, whatever the order they came in, by one timer', () => {
    const { clock, late, add } = createWatch()
    for (const [name, atMs] of Object.entries({ b: 20, a: 10, d: 40, c: 20 })) add(name, atMs)
    expect(clock.pendingTimers).toBe(1)
    clock.advance(100)
    expect(late.map(([name, atMs]) => `${name} at ${atMs}`)).toEqual(['a at 10', 'b at 20', 'c at 20', 'd at 40'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('of jobs that left are not told, and the last of them takes the timer along', () => {
    const { clock, late, watch, add } = createWatch()
    const [first, second, third] = [add('a', 10), add('b', 20), add('c', 30)]
    watch.delete(first)
    clock.advance(10)
    expect(clock.pendingTimers).toBe(1)
    watch.delete(third)
    watch.delete(second)
    expect(clock.pendingTimers).toBe(0)
    clock.advance(100)
    expect(late).toEqual([])
  })

  it('beyond what a timer can wait for are told at their time', () => {
    const { clock, late, add } = createWatch()
    add('a', 2 ** 32)
    clock.advance(2 ** 32 - 1)
    expect(late).toEqual([])
    clock.advance(1)
    expect(late).toEqual([['a', 2 ** 32]])
  })
})
