// How large adaptive batches are for what runs cost: full where that pays, single rows where it does not, short in this thread.

import { describe, expect, it } from 'vitest'
import { createBatcher } from '../../src/batching/batcher.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { codeOf } from '../helpers/hand-released-batcher.ts'
import { createSimulatedBatcher, range, type Simulation, sizesOf } from './simulated-batcher.ts'

type Subject = ReturnType<typeof createSimulatedBatcher>

/** Submits so many rows at once, `times` over, and lets each burst run to its end. */
async function burst([batcher, simulation]: Subject, rowCount: number, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    const answers = Promise.all(range(rowCount).map((job) => batcher.submit(job)))
    await simulation.settle()
    await answers
  }
}

function countOf(sizes: readonly number[], size: number): number {
  return sizes.filter((each) => each === size).length
}

describe('most rows of an adaptive batch', () => {
  it.each<[string, 'sync' | 'async', number, number, number]>([
    ['all, where a run is nearly all fixed cost', 'async', 10, 0.001, 1024],
    ['20 times fixed ÷ per row, where a row then costs within 5 % of the least', 'async', 1, 0.1, 200],
    ['one, where rows are all of the cost', 'async', 0.01, 5, 1],
    ['as many as run in a millisecond, since nobody feels that', 'async', 0.001, 0.01, 99],
    ['all, where rows cost nothing that can be measured', 'async', 3, 0, 1024],
    ['the same in this thread, while runs are short', 'sync', 0.01, 0.01, 99],
    ['what runs in 20 ms in this thread', 'sync', 4, 0.5, 32],
    ['one in this thread, where one takes longer than that', 'sync', 0.1, 35, 1],
    ['in this thread what takes as long as the fixed part, where that is longer', 'sync', 50.2, 0.5, 100],
  ])('is %s (%s, %f ms + %f a row: %i)', (_, mode, fixedMs, perRowMs, capRows) => {
    const [batcher] = createSimulatedBatcher(() => 0, { mode })
    expect(batcher.cost()).toBeUndefined()
    for (const rowCount of [1, 64]) batcher.recordRun(rowCount, fixedMs + rowCount * perRowMs)
    expect(batcher.cost()).toEqual({
      fixedMs: expect.closeTo(fixedMs, 9) as number,
      perRowMs: expect.closeTo(perRowMs, 9) as number,
      capRows,
    })
  })

  it('is never more than maxRows, and no other than maxRows where the strategy is not adaptive', () => {
    const clock = createFakeClock()
    const shared = { mode: 'async', clock, defer: () => undefined, execute: () => [] } as const
    const small = createBatcher({ ...shared, maxRows: 10 })
    const fixed = createBatcher({ ...shared, strategy: 'fixed-size' })
    for (const batcher of [small, fixed]) for (const rowCount of [1, 64]) batcher.recordRun(rowCount, 1 + rowCount)
    expect(small.cost()?.capRows).toBe(10)
    expect(fixed.cost()?.capRows).toBe(50)
  })
})

describe('an adaptive batcher that learns', () => {
  it('stops batching a model whose rows cost what they cost, within a few runs and by itself', async () => {
    const subject = createSimulatedBatcher((rows) => 0.01 + 3 * rows)
    await burst(subject, 100, 2)
    const [batcher, simulation] = subject
    expect(batcher.cost()).toMatchObject({ capRows: 1 })
    expect(sizesOf(simulation).slice(0, 4)).toEqual([100, 6, 1, 1])
    // one larger run in 64 asks whether that still holds
    expect(countOf(sizesOf(simulation).slice(2), 1)).toBe(90)
    expect(Math.max(...sizesOf(simulation).slice(2))).toBe(4)
  })

  it('blocks this thread no longer than 20 ms once it has measured anything at all', async () => {
    const subject = createSimulatedBatcher((rows) => 1.9 + rows)
    const [batcher, simulation] = subject
    batcher.recordRun(1, 2.9)
    await burst(subject, 400, 10)
    const longestMs = Math.max(...sizesOf(simulation).map((rows) => 1.9 + rows))
    expect(longestMs).toBeLessThanOrEqual(20)
    expect(batcher.cost()?.capRows).toBe(18)
  })

  it('answers half of a burst in half of the time where batching does not pay, and loses at most 5 % throughput', async () => {
    const [batcher, simulation] = createSimulatedBatcher((rows) => 0.1 + 0.05 * rows)
    for (const rowCount of [1, 64]) batcher.recordRun(rowCount, 0.1 + 0.05 * rowCount)
    const startedAtMs = simulation.clock.now()
    const answeredMs: number[] = []
    const answers = range(1000).map((job) =>
      batcher.submit(job).then(() => answeredMs.push(simulation.clock.now() - startedAtMs)),
    )
    await simulation.settle()
    await Promise.all(answers)
    const wholeMs = 0.1 + 0.05 * 1000
    expect(answeredMs[500]).toBeLessThan(0.6 * wholeMs)
    expect(answeredMs[999]).toBeLessThan(1.06 * wholeMs)
  })

  it('tries another size once in 64 long runs, a smaller and a larger one in turn', async () => {
    const subject = createSimulatedBatcher((rows) => 0.5 + 0.2 * rows)
    const [batcher, simulation] = subject
    for (const rowCount of [1, 64]) batcher.recordRun(rowCount, 0.5 + 0.2 * rowCount)
    expect(batcher.cost()?.capRows).toBe(50)
    await burst(subject, 9000)
    const sizes = sizesOf(simulation)
    expect(sizes[63]).toBe(12)
    // four times as many would block this thread for longer than 20 ms
    expect(sizes[127]).toBe(97)
    expect(countOf(sizes.slice(0, 128), 50)).toBe(126)
  })

  it('tries a smaller size every time where there is no larger one', async () => {
    const subject = createSimulatedBatcher((rows) => 5 + 0.001 * rows)
    for (const rowCount of [1, 64]) subject[0].recordRun(rowCount, 5 + 0.001 * rowCount)
    await burst(subject, 100, 250)
    const sizes = sizesOf(subject[1])
    expect([countOf(sizes, 25), countOf(sizes, 75), countOf(sizes, 100)]).toEqual([3, 3, 247])
  })

  it('leaves runs alone that nobody feels', async () => {
    const subject = createSimulatedBatcher(() => 0.9)
    await burst(subject, 50, 200)
    expect(new Set(sizesOf(subject[1]))).toEqual(new Set([50]))
  })

  it.each<[string, (rows: number) => number, (rows: number) => number, number]>([
    ['a model whose fixed part came to dominate batches again', (n) => 3 * n, (n) => 19 + 0.001 * n, 1000],
    ['a model whose rows came to dominate is not batched', (n) => 19 + 0.001 * n, (n) => 3 * n, 1],
  ])('changes its mind: %s', async (_, before, after, capRows) => {
    const subject = createSimulatedBatcher(before, { maxRows: 1000 })
    const [batcher, simulation] = subject
    await burst(subject, 1000, 3)
    expect(batcher.cost()?.capRows).not.toBe(capRows)
    simulation.costMs = after
    await burst(subject, 1000, 3)
    expect(batcher.cost()?.capRows).toBe(capRows)
  })

  it('learns nothing from runs that fail', async () => {
    const [batcher, simulation] = createSimulatedBatcher(() => 0)
    for (const rowCount of [1, 64]) batcher.recordRun(rowCount, 5 + rowCount)
    const before = batcher.cost()
    for (let job = 0; job < 20; job++) {
      simulation.poison.add(job)
      const failed = codeOf(batcher.submit(job))
      await simulation.settle()
      await failed
    }
    expect(batcher.cost()).toEqual(before)
  })

  it('runs equal histories alike', async () => {
    const histories: number[][] = []
    for (let i = 0; i < 2; i++) {
      const subject = createSimulatedBatcher((rows) => 0.3 + 0.1 * rows)
      for (const rowCount of [700, 3, 90, 1, 2000]) await burst(subject, rowCount, 20)
      histories.push(sizesOf(subject[1]))
    }
    expect(histories[0]).toEqual(histories[1])
  })

  it('leaves the windows of the other strategies as they were asked for', async () => {
    const subject = createSimulatedBatcher((rows) => 5 * rows, { strategy: 'time-window', maxRows: 50 })
    const [batcher, simulation]: [Subject[0], Simulation] = subject
    await burst(subject, 500, 5)
    expect(new Set(sizesOf(simulation))).toEqual(new Set([50]))
    expect(batcher.cost()).toBeUndefined()
  })
})
