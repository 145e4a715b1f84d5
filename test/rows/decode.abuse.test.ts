// Raw columns that cannot be right, and heads that contradict themselves.

import { describe, expect, it } from 'vitest'
import type { ClassifierTarget, Head } from '../../src/artifact/head.ts'
import { createDecoder } from '../../src/rows/decode.ts'

const binary: ClassifierTarget = { classes: [0, 1], start: 0, width: 1, link: 'sigmoid' }

const heads: readonly [string, Head][] = [
  ['classifier', { kind: 'classifier', targets: [binary], hasScores: false }],
  ['classifier of two targets', { kind: 'classifier', targets: [{ ...binary, start: 1 }, binary], hasScores: true }],
  ['multilabel', { kind: 'multilabel', classes: [0, 1] }],
  ['regressor', { kind: 'regressor', link: 'identity', targetCount: 1 }],
  ['regressor of two targets', { kind: 'regressor', link: 'exp', targetCount: 2 }],
]

describe('decoder, fed nonsense', () => {
  it.each(heads)('refuses NaN from a %s for that row alone', (_, head) => {
    const decode = createDecoder(head)
    const raw = Float32Array.of(0, 0, NaN, NaN, 0, 0)
    expect(() => decode(raw, 2)).toThrow(expect.objectContaining({ code: 'EXECUTION_FAILED' }))
    expect(decode(raw, 0)).toEqual(decode(raw, 4))
  })

  it.each(heads)('refuses a slab that ends before the row of a %s', (_, head) => {
    expect(() => createDecoder(head)(new Float32Array(2), 2)).toThrow(/no number in raw column 0/)
  })

  it.each<[string, Partial<ClassifierTarget>]>([
    ['sigmoid of two columns', { width: 2 }],
    ['sigmoid of three classes', { classes: [0, 1, 2] }],
    ['softmax of one column for two classes', { link: 'softmax' }],
    ['identity of two columns for three classes', { link: 'identity', width: 2, classes: [0, 1, 2] }],
    ['no classes', { link: 'softmax', width: 0, classes: [] }],
  ])('refuses a head with %s', (_, part) => {
    const head: Head = { kind: 'classifier', targets: [{ ...binary, ...part }], hasScores: false }
    expect(() => createDecoder(head)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
  })
})
