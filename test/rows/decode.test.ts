// Heads and raw columns in, answers as the source frameworks give them out.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClassifierTarget, Head } from '../../src/artifact/head.ts'
import { createDecoder } from '../../src/rows/decode.ts'
import type { Answer } from '../../src/rows/prediction.ts'

function decode(head: Head, raw: readonly number[], offset = 0): Answer {
  return createDecoder(head)(Float32Array.from(raw), offset)
}

function classifier(target: Partial<ClassifierTarget>, hasScores = false): Head {
  const full = { classes: ['no', 'yes'], start: 0, width: 1, link: 'sigmoid', ...target } as ClassifierTarget
  return { kind: 'classifier', targets: [full], hasScores }
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

describe('decoder of a classifier', () => {
  it.each<[string, Head, number[], Answer]>([
    ['one identity column', classifier({ link: 'identity' }), [0.75], { label: 'yes', probabilities: [0.25, 0.75] }],
    ['one sigmoid column', classifier({}), [2], { label: 'yes', probabilities: [1 - sigmoid(2), sigmoid(2)] }],
    [
      'a scale before the sigmoid',
      classifier({ scale: 2 }),
      [-1.5],
      { label: 'no', probabilities: [1 - sigmoid(-3), sigmoid(-3)] },
    ],
    [
      'the margin as score',
      classifier({}, true),
      [-8],
      { label: 'no', probabilities: [1 - sigmoid(-8), sigmoid(-8)], scores: [-8] },
    ],
    [
      'classes of the source’s own type',
      classifier({ classes: [false, true], link: 'identity' }),
      [0.25],
      { label: false, probabilities: [0.75, 0.25] },
    ],
    [
      'identity columns',
      classifier({ classes: [3, 7, 9], width: 3, link: 'identity' }),
      [0.25, 0.5, 0.25],
      { label: 7, probabilities: [0.25, 0.5, 0.25] },
    ],
    [
      'softmax columns',
      classifier({ classes: ['a', 'b'], width: 2, link: 'softmax' }, true),
      [1, 1.5],
      { label: 'b', probabilities: [1 / (1 + Math.exp(0.5)), 1 / (1 + Math.exp(-0.5))], scores: [1, 1.5] },
    ],
    [
      'one class only',
      classifier({ classes: ['only'], width: 1, link: 'identity' }),
      [1],
      { label: 'only', probabilities: [1] },
    ],
  ])('gives labels and probabilities from %s', (_, head, raw, expected) => {
    const answer = decode(head, raw)
    expect(answer.label).toBe(expected.label)
    expect(answer.scores).toEqual(expected.scores)
    const probabilities = answer.probabilities as readonly number[]
    expect(probabilities.length).toBe((expected.probabilities as readonly number[]).length)
    probabilities.forEach((p, k) => expect(p).toBeCloseTo((expected.probabilities as readonly number[])[k], 15))
  })

  it('leaves probabilities of classes by themselves as they are, scaled before the sigmoid', () => {
    const target = { classes: [0, 1, 2], width: 3, link: 'each-sigmoid', scale: 2 } as const
    const { label, probabilities } = decode(classifier(target), [1, -1, 1.5])
    expect(label).toBe(2)
    expect(probabilities).toEqual([sigmoid(2), Math.exp(-2) / (1 + Math.exp(-2)), sigmoid(3)])
  })

  it('divides one-vs-rest probabilities by their sum', () => {
    const { label, probabilities } = decode(
      classifier({ classes: [0, 1, 2], width: 3, link: 'ovr-sigmoid' }),
      [1, -1, 0.5],
    )
    const sum = sigmoid(1) + sigmoid(-1) + sigmoid(0.5)
    expect(label).toBe(0)
    expect(probabilities).toEqual([sigmoid(1) / sum, Math.exp(-1) / (1 + Math.exp(-1)) / sum, sigmoid(0.5) / sum])
  })

  it.each([
    ['sigmoid', { link: 'sigmoid', width: 1 }, [0]],
    ['identity of one column', { link: 'identity', width: 1 }, [0.5]],
    ['identity', { link: 'identity', width: 2 }, [0.5, 0.5]],
    ['softmax', { link: 'softmax', width: 2 }, [3, 3]],
  ] as const)('settles an exact tie of two classes as the source does (%s)', (_, target, raw) => {
    expect(decode(classifier({ ...target }), raw).label).toBe('no')
    expect(decode(classifier({ ...target, tie: 'first' }), raw).label).toBe('no')
    expect(decode(classifier({ ...target, tie: 'second' }), raw).label).toBe('yes')
  })

  it('decides by the margin where the probability rounds to one half', () => {
    const { label, probabilities } = decode(classifier({}), [1e-20])
    expect(probabilities).toEqual([0.5, 0.5])
    expect(label).toBe('yes')
  })

  it('reads the row at its offset and the target at its start', () => {
    const head = classifier({ start: 1, link: 'identity' }, true)
    expect(decode(head, [9, 9, 9, 0.25], 2)).toEqual({ label: 'no', probabilities: [0.75, 0.25], scores: [0.25] })
  })

  it('gives one label and one list of probabilities a target where there are several', () => {
    const targets: ClassifierTarget[] = [
      { classes: ['x', 'y', 'z'], start: 1, width: 3, link: 'identity' },
      { classes: [false, true], start: 0, width: 1, link: 'identity' },
    ]
    expect(decode({ kind: 'classifier', targets, hasScores: false }, [0.75, 0.25, 0.25, 0.5])).toEqual({
      label: ['z', true],
      probabilities: [
        [0.25, 0.25, 0.5],
        [0.25, 0.75],
      ],
    })
    expect(decode({ kind: 'classifier', targets, hasScores: true }, [0.75, 0.25, 0.25, 0.5]).scores).toEqual([
      0.25, 0.25, 0.5, 0.75,
    ])
  })

  it('keeps probabilities inside [0, 1] where a float32 mean is a rounding outside', () => {
    expect(decode(classifier({ link: 'identity' }), [1.0000001])).toEqual({ label: 'yes', probabilities: [0, 1] })
    const three = classifier({ classes: [0, 1, 2], width: 3, link: 'identity' })
    expect(decode(three, [-1e-8, 1.0000001, 0])).toEqual({ label: 1, probabilities: [0, 1, 0] })
  })

  it.each([
    ['sigmoid', 1, [-1e30], [1, 0]],
    ['sigmoid', 1, [Infinity], [0, 1]],
    ['softmax', 2, [1e30, -1e30], [1, 0]],
    ['softmax', 2, [Infinity, 5], [1, 0]],
    ['softmax', 2, [-Infinity, -Infinity], [0.5, 0.5]],
    ['ovr-sigmoid', 2, [-2000, -2000], [0.5, 0.5]],
    ['ovr-sigmoid', 2, [-740, -2000], [1, 0]],
  ] as const)('stays finite far out: %s of %d columns', (link, width, raw, expected) => {
    expect(decode(classifier({ link, width }), raw).probabilities).toEqual(expected)
  })

  it('gives probabilities that add up to 1, the label’s the largest', () => {
    const raws = fc.array(fc.float({ noNaN: true }), { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(raws, fc.constantFrom('softmax' as const, 'ovr-sigmoid' as const), (raw, link) => {
        const classes = raw.map((_, k) => k)
        const answer = decode(classifier({ classes, width: raw.length, link }), raw)
        const probabilities = answer.probabilities as readonly number[]
        expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
        expect(probabilities[answer.label as number]).toBe(Math.max(...probabilities))
      }),
    )
  })
})

describe('decoder of other heads', () => {
  it('gives independent yes or no labels for a multilabel head', () => {
    const answer = decode({ kind: 'multilabel', classes: ['a', 'b', 'c'] }, [2, -2, 0])
    expect(answer.label).toEqual([1, 0, 0])
    expect(answer.probabilities).toEqual([sigmoid(2), Math.exp(-2) / (1 + Math.exp(-2)), 0.5])
  })

  it('gives a number for one target and a list for several', () => {
    expect(decode({ kind: 'regressor', link: 'identity', targetCount: 1 }, [0, 2.5], 1)).toEqual({ value: 2.5 })
    expect(decode({ kind: 'regressor', link: 'identity', targetCount: 2 }, [1, 2])).toEqual({ value: [1, 2] })
  })

  it('undoes a logarithmic link in float64, beyond what float32 holds', () => {
    expect(decode({ kind: 'regressor', link: 'exp', targetCount: 1 }, [100])).toEqual({ value: Math.exp(100) })
    expect(decode({ kind: 'regressor', link: 'exp', targetCount: 2 }, [0, 100])).toEqual({ value: [1, Math.exp(100)] })
  })

  it('gives the columns of a transformer as they are, NaN included', () => {
    expect(decode({ kind: 'transformer', width: 3 }, [1, NaN, -2])).toEqual({ vector: [1, NaN, -2] })
  })
})
