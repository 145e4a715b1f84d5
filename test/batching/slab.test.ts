// Slabs taken and given back: reused, grown, and never in two hands.

import { describe, expect, it } from 'vitest'
import { createSlabPool } from '../../src/batching/slab.ts'

function createCountedPool() {
  const lengths: number[] = []
  const pool = createSlabPool((length) => {
    lengths.push(length)
    return new Float32Array(length)
  })
  return [pool, lengths] as const
}

describe('slab pool', () => {
  it('gives the same slab again once it was given back', () => {
    const [pool, lengths] = createCountedPool()
    const slab = pool.take(10)
    pool.give(slab)
    expect(pool.take(7)).toBe(slab)
    expect(lengths).toEqual([10])
  })

  it('never gives a slab that is still in use', () => {
    const [pool] = createCountedPool()
    const first = pool.take(10)
    const second = pool.take(10)
    expect(second).not.toBe(first)
    pool.give(first)
    expect(pool.take(10)).toBe(first)
    expect(pool.take(10)).not.toBe(second)
  })

  it('grows to twice its length at least, so that a slowly growing batch allocates rarely', () => {
    const [pool, lengths] = createCountedPool()
    for (let length = 1; length <= 1000; length++) pool.give(pool.take(length))
    expect(lengths).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
    pool.give(pool.take(5000))
    expect(lengths.at(-1)).toBe(5000)
  })

  it('drops slabs that became too short, and keeps no more than two', () => {
    const [pool, lengths] = createCountedPool()
    const short = pool.take(10)
    pool.give(pool.take(100))
    pool.give(short)
    const taken = [pool.take(10), pool.take(10), pool.take(10)]
    for (const slab of taken) expect(slab.length).toBe(100)
    for (const slab of taken) pool.give(slab)
    const again = [pool.take(1), pool.take(1), pool.take(1)]
    expect(again.filter((slab) => taken.includes(slab))).toHaveLength(2)
    expect(lengths).toEqual([10, 100, 100, 100, 100])
  })

  it('does not hand out twice what was given back twice', () => {
    const [pool] = createCountedPool()
    const slab = pool.take(4)
    pool.give(slab)
    pool.give(slab)
    expect(pool.take(4)).toBe(slab)
    expect(pool.take(4)).not.toBe(slab)
  })

  it('serves float64 and empty batches as well', () => {
    const pool = createSlabPool((length) => new Float64Array(length))
    expect(pool.take(0)).toBeInstanceOf(Float64Array)
  })
})
