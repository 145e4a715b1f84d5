import { describe, expect, it } from 'vitest'
import { MemoryBudget } from '../../src/runtime/memory-budget.ts'

function budgetOf(limitBytes?: number) {
  const unloaded: string[] = []
  const budget = new MemoryBudget(limitBytes)
  const add = (name: string, byteLength: number) =>
    budget.add(byteLength, () => {
      unloaded.push(name)
      return Promise.resolve()
    })
  return [budget, add, unloaded] as const
}

describe('MemoryBudget', () => {
  it('unloads what was used least recently until the new one fits', () => {
    const [budget, add, unloaded] = budgetOf(100)
    const a = add('a', 40)
    add('b', 40)
    budget.touch(a)
    add('c', 50)
    expect(unloaded).toEqual(['b'])
    expect(budget.usedBytes).toBe(90)
  })

  it('keeps one that is larger than the budget, alone', () => {
    const [budget, add, unloaded] = budgetOf(100)
    add('a', 40)
    add('huge', 500)
    expect(unloaded).toEqual(['a'])
    expect(budget.entryCount).toBe(1)
    add('b', 10)
    expect(unloaded).toEqual(['a', 'huge'])
  })

  it('counts without a limit, and gives back once', () => {
    const [budget, add, unloaded] = budgetOf()
    const a = add('a', 2 ** 40)
    add('b', 1)
    budget.remove(a)
    budget.remove(a)
    expect([budget.usedBytes, unloaded.length]).toEqual([1, 0])
  })
})
