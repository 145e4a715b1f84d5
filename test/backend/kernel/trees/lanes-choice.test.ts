import { describe, expect, test } from 'vitest'
import { chooseForms } from '../../../../src/backend/kernel/trees/lanes-choice.ts'
import { laneTrees, type LaneTree } from '../../../../src/backend/kernel/trees/lanes-trees.ts'
import { createRandom, randomEnsemble } from '../../../helpers/random-regions.ts'

function treesOf(depth: number, leafChance: number, trees = 20): LaneTree[] {
  const region = randomEnsemble(createRandom(depth), { trees, depth, features: 4, leafChance }).regions[2]
  if (region.kind !== 'tree-ensemble') throw new Error('no trees')
  return laneTrees(region, 64)
}

const titles = (trees: readonly LaneTree[]): string[] => chooseForms(trees).forms.map(({ title }) => title)

describe('chooseForms', () => {
  test('makes all tests of full shallow trees, and goes through others test after test', () => {
    expect(titles(treesOf(3, 0))).toEqual(['complete to depth 3'])
    expect(titles(treesOf(6, 0))).toEqual(['test after test, up to 64 leaves'])
  })

  test('gives no form to a few trees that another form takes', () => {
    const [odd] = treesOf(1, 0, 1)
    expect(titles([...treesOf(3, 0), odd])).toEqual(['complete to depth 3'])
  })

  test('keeps the form that alone takes a tree', () => {
    const [large] = treesOf(6, 0, 1)
    const { forms, formOf } = chooseForms([...treesOf(3, 0), large])
    expect(forms).toHaveLength(2)
    expect(formOf(large).title).toBe('test after test, up to 64 leaves')
  })
})
