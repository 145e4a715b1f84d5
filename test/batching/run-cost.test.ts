// What runs cost, learned from runs: found exactly where there is no noise, nearly where there is, and unlearned when it changes.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LearnedCost, RunCost } from '../../src/batching/run-cost.ts'

function learnedFrom(runs: readonly (readonly [rowCount: number, runMs: number])[]): LearnedCost | undefined {
  const cost = new RunCost()
  for (const [rowCount, runMs] of runs) cost.record(rowCount, runMs)
  return cost.learned
}

describe('cost of runs', () => {
  it('is fixed part and part per row, exactly, where runs are exactly that', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: 1e-4, max: 20, noNaN: true }),
        fc.array(fc.integer({ min: 1, max: 1024 }), { minLength: 1, maxLength: 60 }),
        (fixedMs, perRowMs, sizes) => {
          const learned = learnedFrom([1, 1024, ...sizes].map((n) => [n, fixedMs + n * perRowMs]))
          expect(learned?.perRowMs).toBeCloseTo(perRowMs, 6)
          expect(learned?.fixedMs).toBeCloseTo(fixedMs, 4)
        },
      ),
    )
  })

  it.each<[string, readonly (readonly [number, number])[]]>([
    ['nothing ran', []],
    [
      'all runs had one size',
      [
        [64, 1],
        [64, 1.1],
        [64, 0.9],
      ],
    ],
    [
      'sizes were nearly equal',
      [
        [50, 1],
        [64, 1.1],
        [90, 1.2],
      ],
    ],
  ])('is not known where %s', (_, runs) => expect(learnedFrom(runs)).toBeUndefined())

  it('has no negative part: where large runs are the shorter ones, or small ones take next to nothing', () => {
    const flat: LearnedCost = { fixedMs: expect.closeTo(1.5, 0) as number, perRowMs: 0 }
    expect(learnedFrom([1, 100].map((rowCount) => [rowCount, rowCount === 1 ? 2 : 1]))).toEqual(flat)
    expect(learnedFrom([1, 100].map((rowCount) => [rowCount, rowCount ** 2]))).toMatchObject({ fixedMs: 0 })
  })

  it('is nothing where the clock cannot tell', () => {
    expect(learnedFrom([1, 64].map((rowCount) => [rowCount, 0]))).toEqual({ fixedMs: 0, perRowMs: 0 })
  })

  it('comes within a fifth of the truth through noise that makes every fifth run twice as long', () => {
    const runs = Array.from({ length: 400 }, (_, i) => {
      const rowCount = [1, 7, 64, 300, 900][(i * 7) % 5]
      const noise = i % 5 === (i >> 3) % 5 ? 2 : 1 + (i % 11) / 100
      return [rowCount, (1 + 0.02 * rowCount) * noise] as const
    })
    const learned = learnedFrom(runs)
    // a fifth of the runs twice as long make the mean run a fifth longer, and noise never made one shorter
    expect((learned?.fixedMs ?? 0) / 1.25).toBeGreaterThan(0.8)
    expect((learned?.fixedMs ?? 0) / 1.25).toBeLessThan(1.2)
    expect((learned?.perRowMs ?? 0) / 0.025).toBeGreaterThan(0.8)
    expect((learned?.perRowMs ?? 0) / 0.025).toBeLessThan(1.2)
  })

  it('takes no notice of first runs that compile, nor much of one that the machine was away in', () => {
    const cost = new RunCost()
    cost.record(64, 900)
    cost.record(1, 300)
    for (let i = 0; i < 8; i++) for (const rowCount of [1, 64]) cost.record(rowCount, 1 + 0.01 * rowCount)
    expect(cost.runMs(64)).toBeCloseTo(1.64, 6)
    cost.record(64, 5000)
    expect(cost.runMs(64)).toBeLessThan(1.64 * 1.25)
  })

  it.each([10, 0.1])('follows a model that takes %s times as long within some dozens of runs', (factor) => {
    const cost = new RunCost()
    const run = (rowCount: number, slowness: number) => cost.record(rowCount, (2 + 0.05 * rowCount) * slowness)
    for (let i = 0; i < 50; i++) for (const rowCount of [1, 32, 500]) run(rowCount, 1)
    for (let i = 0; i < 40; i++) for (const rowCount of [1, 32, 500]) run(rowCount, factor)
    expect(cost.learned?.perRowMs).toBeCloseTo(0.05 * factor, 3)
    expect(cost.learned?.fixedMs).toBeCloseTo(2 * factor, 1)
  })

  it('believes a model that has become a hundred times slower after two runs, and one run of noise not at all', () => {
    const cost = new RunCost()
    for (let i = 0; i < 20; i++) for (const rowCount of [1, 500]) cost.record(rowCount, 1 + 0.01 * rowCount)
    cost.record(500, 600)
    expect(cost.runMs(500)).toBeLessThan(9)
    cost.record(500, 600)
    expect(cost.runMs(500)).toBeCloseTo(600, 0)
  })

  it('takes the fastest of the first runs, which compile, for what a run takes', () => {
    const cost = new RunCost()
    for (const runMs of [0.1, 0.05, 0.03, 0.04]) cost.record(1, runMs)
    expect(cost.runMs(1)).toBe(0.03)
  })

  it('forgets nothing for differences below a millisecond, which are of the moment', () => {
    const cost = new RunCost()
    for (let i = 0; i < 10; i++) for (const rowCount of [1, 64]) cost.record(rowCount, 0.04 + 0.01 * rowCount)
    for (let i = 0; i < 3; i++) cost.record(1, 0.5)
    expect(cost.learned).toBeDefined()
  })

  it('trusts what runs now over a size that has not run for long', () => {
    const cost = new RunCost()
    for (const rowCount of [1, 64]) cost.record(rowCount, 0.9 * rowCount)
    for (let i = 0; i < 2000; i++) cost.record(1 + (i % 2), 0.9 + 0.001 * (1 + (i % 2)))
    expect(cost.learned?.perRowMs).toBeLessThan(0.01)
  })

  it('still knows both parts after any number of runs of one size', () => {
    const cost = new RunCost()
    for (const rowCount of [1, 64]) cost.record(rowCount, 1 + rowCount)
    for (let i = 0; i < 200_000; i++) cost.record(1, 2)
    expect(cost.learned?.perRowMs).toBeCloseTo(1, 6)
  })

  it('answers for runs of any size, and before it is learned with the largest so far', () => {
    const cost = new RunCost()
    expect([cost.runMs(10), cost.msPerRow]).toEqual([0, undefined])
    cost.record(4, 8)
    expect([cost.runMs(10), cost.msPerRow]).toEqual([8, 2])
    cost.record(100, 8 + 96)
    expect(cost.runMs(50)).toBeCloseTo(54, 9)
    expect(cost.runCount).toBe(2)
  })
})
