import { expect, test } from 'vitest'
import { placeNodes } from '../../../../src/backend/kernel/trees/node-places.ts'
import { createRandom, randomEnsemble } from '../../../helpers/random-regions.ts'

function trees(hasCover: boolean) {
  const { regions } = randomEnsemble(createRandom(3), { trees: 9, depth: 8, features: 4, leafChance: 0.2, hasCover })
  const region = regions[2]
  if (region.kind !== 'tree-ensemble') throw new RangeError('no trees')
  return region
}

test.each([true, false])(
  'lays every node once, siblings side by side, each root at the start of a line; cover: %s',
  (hasCover) => {
    const region = trees(hasCover)
    const order = Int32Array.from([8, 3, 1, 0, 2, 4, 5, 6, 7, -1, -1])
    const { nodes, places } = placeNodes(region, order, 4)
    expect(nodes.filter((node) => node >= 0).toSorted((a, b) => a - b)).toEqual([...region.jump.keys()])
    places.forEach((place, node) => expect(nodes[place]).toBe(node))
    for (const root of region.treeStart.subarray(0, -1)) expect(places[root] % 8).toBe(0)
    region.jump.forEach((jump, node) => {
      if (jump === 0) return
      expect(places[node + 1] % 2).toBe(0)
      expect(places[node + jump]).toBe(places[node + 1] + 1)
    })
  },
)

test('puts the children of a root, and what is visited most below them, into its line', () => {
  const region = trees(true)
  const { places } = placeNodes(region, Int32Array.of(0), 4)
  expect(places[region.treeStart[0] + 1]).toBe(2)
})
