// Trees in; leaf values in the smallest encoding whose worst case stays within the budget out.
import { describe, expect, test } from 'vitest'
import { answerBound } from '../../../converters/quantize/answer-bound.ts'
import { chooseLeafValues, columnErrors } from '../../../converters/quantize/leaf-values.ts'
import type { Head } from '../../../src/artifact/head.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'
import { binaryHead, stumps, valueHead } from './models.ts'

const forestHead: Head = {
  kind: 'classifier',
  hasScores: false,
  targets: [{ classes: ['a', 'b', 'c'], start: 0, width: 3, link: 'identity' }],
}

function choose(
  ensemble: ReturnType<typeof stumps>,
  head: Head,
  mode: 'uint8' | 'uint16' | 'float16' | 'none' = 'uint8',
) {
  const bound = (errors: Float64Array) => answerBound(head, errors, Float64Array.of(1))
  return chooseLeafValues(ensemble, { mode, head, bound, firstLevel: 0, refusal: '' })
}

describe('probability leaves', () => {
  const leaves = [1 / 3, 1 / 3, 1 / 3, 0.5, 0.5, 0, 1 / 7, 2 / 7, 4 / 7, 0.123, 0.456, 0.421]

  test('are stored as uint8 with ties intact', () => {
    const { floats, escalated } = choose(stumps(leaves, { leafWidth: 3, aggregate: 'mean' }), forestHead)
    expect(floats.encoding).toBe('uint8')
    expect(escalated).toBeUndefined()
    expect(floats.values.slice(0, 6)).toEqual(Float64Array.from([1 / 3, 1 / 3, 1 / 3, 0.5, 0.5, 0].map(Math.fround)))
  })

  test('still add up to 1 in every leaf', () => {
    const random = createSeededRandom(1)
    const drawn = Array.from({ length: 200 }, () => {
      const parts = [random.uniform(), random.uniform(), random.uniform()]
      const sum = parts[0] + parts[1] + parts[2]
      return parts.map((part) => part / sum)
    }).flat()
    const { values } = choose(stumps(drawn, { leafWidth: 3, aggregate: 'mean' }), forestHead).floats
    for (let leaf = 0; leaf < 200; leaf++) {
      const codes = values.slice(3 * leaf, 3 * leaf + 3).map((value) => Math.round(240 * value))
      expect(codes[0] + codes[1] + codes[2]).toBe(240)
    }
  })
})

test('takes uint16 for many boosted trees, and says how far uint8 would have moved answers', () => {
  const random = createSeededRandom(2)
  const { floats, escalated, level } = choose(stumps(Array.from({ length: 400 }, () => random.normal())), binaryHead)
  expect(floats.encoding).toBe('uint16')
  expect(level).toBe(1)
  expect(escalated).toMatch(/^uint8: probabilities may move by up to 0\.\d+, allowed 0\.008$/)
})

test('keeps uint8 for a few small trees', () => {
  expect(choose(stumps([-0.1, 0.2, 0.05, -0.02]), binaryHead).floats.encoding).toBe('uint8')
})

test('takes float32 where answers have no range to measure errors by', () => {
  const bound = (errors: Float64Array) => answerBound(valueHead, errors, Float64Array.of(0))
  const chosen = chooseLeafValues(stumps([1, 2.7, 3.1, 4]), {
    mode: 'uint8',
    head: valueHead,
    bound,
    firstLevel: 0,
    refusal: '',
  })
  expect(chosen).toMatchObject({ isWidest: true, floats: { encoding: 'float32' } })
})

test('keeps float32 for leaves that float16 cannot hold', () => {
  const { floats } = choose(stumps([1, 70000]), valueHead, 'float16')
  expect(floats.encoding).toBe('float32')
  expect(floats.escalated).toContain('70000')
})

test('starts past the encodings that golden answers refused', () => {
  const bound = (errors: Float64Array) => answerBound(binaryHead, errors, Float64Array.of(1))
  const chosen = chooseLeafValues(stumps([0.1, 0.2]), {
    mode: 'uint8',
    head: binaryHead,
    bound,
    firstLevel: 1,
    refusal: 'golden answers moved further than allowed',
  })
  expect(chosen.floats.encoding).toBe('uint16')
  expect(chosen.escalated).toContain('golden')
})

test('bounds the error of a sum by every tree at its worst leaf, and halves nothing', () => {
  const ensemble = stumps([0, 1, 0, 1])
  expect([...columnErrors(ensemble, Float64Array.of(0.1, 1, 0, 1.2))]).toEqual([expect.closeTo(0.3, 12)])
  const mean = stumps([0, 1, 0, 1], { aggregate: 'mean' })
  expect([...columnErrors(mean, Float64Array.of(-0.1, 1, -0.3, 1.2))]).toEqual([expect.closeTo(0.2, 12)])
})
