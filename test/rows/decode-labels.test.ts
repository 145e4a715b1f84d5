import { describe, expect, it } from 'vitest'
import type { LabelTarget } from '../../src/artifact/head.ts'
import { createDecoder } from '../../src/rows/decode.ts'

const decode = (raw: readonly number[], ...targets: LabelTarget[]) => createDecoder({ kind: 'labels', targets })(raw, 0)

describe('a head that names columns', () => {
  it('takes the first of the largest columns, or the last where ties go to the second', () => {
    const target = { classes: ['a', 'b', 'c'], label: { start: 0, width: 3 } }
    expect(decode([1, 2, 2], target)).toEqual({ label: 'b' })
    expect(decode([1, 2, 2], { ...target, label: { ...target.label, tie: 'second' } })).toEqual({ label: 'c' })
  })

  it('takes the second class above the threshold, and at it where ties go to the second', () => {
    const target = { classes: [-1, 1], label: { start: 0, width: 1, threshold: 0.5 } }
    expect(decode([0.5], target).label).toBe(-1)
    expect(decode([0.5], { ...target, label: { ...target.label, tie: 'second' } }).label).toBe(1)
  })

  it('gives probabilities and scores of columns of their own', () => {
    const target: LabelTarget = {
      classes: ['no', 'yes'],
      label: { start: 0, width: 1, isIndex: true },
      probabilities: { start: 1, width: 2 },
      scores: { start: 3, width: 1 },
    }
    expect(decode([1, 0.75, 0.25, -2], target)).toEqual({ label: 'yes', probabilities: [0.75, 0.25], scores: [-2] })
    expect(decode([1, 0.75, 0.25, -2], target, target)).toEqual({
      label: ['yes', 'yes'],
      probabilities: [
        [0.75, 0.25],
        [0.75, 0.25],
      ],
      scores: [-2, -2],
    })
  })

  it('refuses NaN, and columns that do not fit the classes', () => {
    const target = { classes: ['a', 'b', 'c'], label: { start: 0, width: 3 } }
    expect(() => decode([1, NaN, 2], target)).toThrow(expect.objectContaining({ code: 'EXECUTION_FAILED' }) as Error)
    expect(() => decode([1, 2], { ...target, label: { start: 0, width: 2 } })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }) as Error,
    )
  })
})
