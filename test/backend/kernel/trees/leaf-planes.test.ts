import { describe, expect, test } from 'vitest'
import { createLeafPlanes } from '../../../../src/backend/kernel/trees/leaf-planes.ts'
import type { TreeEnsemble } from '../../../../src/regions/tree-ensemble.ts'
import { createRandom, randomEnsemble } from '../../../helpers/random-regions.ts'

function ensembleOf(leafOf: (random: number, leaf: number) => number, trees = 30): TreeEnsemble {
  const random = createRandom(trees)
  const region = randomEnsemble(random, { trees, depth: 3, features: 3, leafChance: 0 }).regions[2]
  if (region.kind !== 'tree-ensemble') throw new Error('no trees')
  return { ...region, leafValues: region.leafValues.map((_, leaf) => leafOf(random(), leaf)) }
}

describe('createLeafPlanes', () => {
  test.each([
    { codes: 256, planeCount: 1 },
    { codes: 257, planeCount: 2 },
    { codes: 65_536, planeCount: 2 },
  ])('takes the codes of a grid of $codes steps as they are', ({ codes, planeCount }) => {
    const grid = { scale: 0.1, min: -3 }
    const region = ensembleOf((random, leaf) =>
      Math.fround((leaf < 2 ? leaf * (codes - 1) : Math.floor(random * codes)) * grid.scale + grid.min),
    )
    const planes = createLeafPlanes(region, grid)
    expect(planes).toMatchObject({ planeCount, scale: Float64Array.of(0.1) })
  })

  test('finds as few bytes as keep leaves of any value as exact as float32 adds them', () => {
    const region = ensembleOf((random) => random - 0.5)
    const { planeCount, codes, scale, offset } = createLeafPlanes(region, undefined)!
    expect(planeCount).toBe(3)
    const rounding = 2 ** -24 * Math.sqrt(30)
    for (let leaf = 0; leaf < 8; leaf++) {
      const exact = Array.from({ length: 30 }, (_, tree) => region.leafValues[tree * 8 + leaf])
      const sum = Array.from({ length: 30 }, (_, tree) => codes[tree * 8 + leaf]).reduce((a, b) => a + b)
      const wanted = exact.reduce((a, b) => a + b) + region.base[0]
      expect(Math.abs(sum * scale[0] + offset[0] - wanted)).toBeLessThan(rounding * 30 * 0.5)
    }
  })

  test('meets halves exactly, and equal values of two outputs equally', () => {
    const region = {
      ...ensembleOf((random, leaf) => (leaf % 3 === 0 ? 0.5 : random * 0.9), 1),
      leafWidth: 2,
      outputWidth: 2,
    }
    const leafValues = Float64Array.from(
      Array.from(region.leafValues, (value) => [value, value === 0.5 ? 0.5 : value / 3]).flat(),
    )
    const { codes, scale, offset } = createLeafPlanes({ ...region, leafValues, base: new Float64Array(2) }, undefined)!
    for (let leaf = 0; leaf < leafValues.length / 2; leaf += 3)
      for (const k of [0, 1]) expect(codes[leaf * 2 + k] * scale[k] + offset[k]).toBe(0.5)
  })

  test('falls back to fixed point where leaves do not lie on the grid that is given', () => {
    expect(
      createLeafPlanes(
        ensembleOf((random) => random),
        { scale: 0.1, min: 0 },
      )!.planeCount,
    ).toBe(3)
  })

  test('needs no more than one byte where all leaves of a tree are alike', () => {
    expect(
      createLeafPlanes(
        ensembleOf(() => 7.25),
        undefined,
      ),
    ).toMatchObject({ planeCount: 1 })
  })

  test.each([NaN, Infinity, -Infinity])('is undefined with a leaf of %d', (value) => {
    expect(
      createLeafPlanes(
        ensembleOf((random, leaf) => (leaf === 9 ? value : random)),
        undefined,
      ),
    ).toBeUndefined()
  })
})
