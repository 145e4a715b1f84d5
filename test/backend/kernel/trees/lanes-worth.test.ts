import { describe, expect, test } from 'vitest'
import { leastLaneRows } from '../../../../src/backend/kernel/trees/lanes-worth.ts'
import type { TreeEnsemble } from '../../../../src/regions/tree-ensemble.ts'
import { createRandom, type EnsembleOptions, randomEnsemble } from '../../../helpers/random-regions.ts'

function ensembleOf(options: Omit<EnsembleOptions, 'trees' | 'features'>): TreeEnsemble {
  const region = randomEnsemble(createRandom(1), { trees: 20, features: 5, ...options }).regions[2]
  if (region.kind !== 'tree-ensemble') throw new Error('no trees')
  return region
}

describe('leastLaneRows', () => {
  test('asks for more rows the more of a tree a row does not pass', () => {
    const least = [2, 4, 6].map((depth) => leastLaneRows(ensembleOf({ depth, leafChance: 0 }))!)
    expect(least).toEqual(least.toSorted((a, b) => a - b))
    expect(least[0]).toBeLessThan(8)
    expect(least[2]).toBeGreaterThan(12)
  })

  test('is undefined where walking is never slower', () => {
    expect(leastLaneRows(ensembleOf({ depth: 9, leafChance: 0 }))).toBeUndefined()
    expect(leastLaneRows(ensembleOf({ depth: 0 }))).toBeUndefined()
  })
})
