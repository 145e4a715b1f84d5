import { describe, expect, it } from 'vitest'
import { AbortWatch } from '../../src/observe/abort-watch.ts'
import { Stop } from '../../src/observe/stop-signal.ts'

describe('Stop', () => {
  it('tells each listener once, with its reason, and those that left nothing', () => {
    const stop = new Stop()
    const heard: unknown[] = []
    const leaver = (): void => void heard.push('leaver')
    stop.addEventListener('abort', ({ target }) => heard.push((target as Stop).reason))
    stop.addEventListener('abort', leaver)
    stop.removeEventListener('abort', leaver)
    stop.removeEventListener('abort', leaver)
    expect(stop.aborted).toBe(false)
    stop.abort('first')
    stop.abort('second')
    expect(heard).toEqual(['first'])
    expect([stop.aborted, stop.reason]).toEqual([true, 'first'])
  })

  it('is watched as an AbortSignal is', () => {
    const stop = new Stop()
    const heard: unknown[] = []
    const watch = new AbortWatch<{ signal: Stop; name: string }>(({ name }, reason) => heard.push([name, reason]))
    const jobs = ['a', 'b', 'c'].map((name) => ({ signal: stop, name }))
    for (const job of jobs) watch.add(job)
    watch.delete(jobs[1])
    stop.abort('left')
    expect(heard).toEqual([
      ['a', 'left'],
      ['c', 'left'],
    ])
  })
})
