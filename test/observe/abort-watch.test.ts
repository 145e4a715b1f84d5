import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { AbortWatch } from '../../src/observe/abort-watch.ts'

type Job = { readonly signal: AbortSignal; readonly name: string }

function createWatch(heard: string[]): AbortWatch<Job> {
  return new AbortWatch<Job>(({ name }, reason) => void heard.push(`${name}: ${String(reason)}`))
}

describe('AbortWatch', () => {
  it('shares one listener of a signal with every other watch, so that many models may share a signal', () => {
    const heard: string[] = []
    const controller = new AbortController()
    const { signal } = controller
    const watches = Array.from({ length: 20 }, () => createWatch(heard))
    const jobs = watches.map((watch, i) => {
      const job = { signal, name: `job ${i}` }
      watch.add(job)
      return job
    })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    watches[0].delete(jobs[0])
    controller.abort('bye')
    expect(heard).toEqual(jobs.slice(1).map(({ name }) => `${name}: bye`))
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('listens to nothing once all jobs are gone, and again for the next', () => {
    const heard: string[] = []
    const watch = createWatch(heard)
    const controller = new AbortController()
    const first = { signal: controller.signal, name: 'first' }
    watch.add(first)
    watch.delete(first)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    watch.add({ signal: controller.signal, name: 'second' })
    controller.abort('bye')
    expect(heard).toEqual(['second: bye'])
  })
})
