// Targets whose label, probabilities and scores have raw columns of their own in, the decoder that reads them off out.

import type { Head, LabelTarget } from '../artifact/head.ts'
import { headWidth } from '../artifact/head-width.ts'
import type { Scalar } from '../artifact/schema.ts'
import { createError } from '../errors.ts'
import type { Answer } from './prediction.ts'
import { assertNumbers, copyColumns } from './raw-columns.ts'

/** @throws VALIDATION_FAILED where the columns of a target do not fit its classes */
export function createLabelDecoder(
  head: Extract<Head, { kind: 'labels' }>,
): (raw: ArrayLike<number>, offset: number) => Answer {
  const { targets } = head
  targets.forEach(assertFits)
  const width = headWidth(head)
  const hasProbabilities = targets.every(({ probabilities }) => probabilities !== undefined)
  const hasScores = targets.some(({ scores }) => scores !== undefined)
  const isAlone = targets.length === 1
  return (raw, offset) => {
    assertNumbers(raw, offset, width)
    const labels = targets.map((target) => labelOf(target, raw, offset))
    const probabilities = targets.map((target) => columnsOf(target.probabilities, raw, offset))
    return {
      label: isAlone ? labels[0] : labels,
      ...(hasProbabilities && { probabilities: isAlone ? probabilities[0] : probabilities }),
      ...(hasScores && { scores: targets.flatMap(({ scores }) => columnsOf(scores, raw, offset)) }),
    }
  }
}

function labelOf({ classes, label }: LabelTarget, raw: ArrayLike<number>, offset: number): Scalar {
  const { start, width, threshold = 0, isIndex = false, tie = 'first' } = label
  const first = offset + start
  if (isIndex) return classes[Math.min(classes.length - 1, Math.max(0, Math.round(raw[first])))]
  if (width === 1) return classes[isAbove(raw[first], threshold, tie) ? 1 : 0] ?? classes[0]
  let best = 0
  for (let k = 1; k < width; k++) if (isAbove(raw[first + k], raw[first + best], tie)) best = k
  return classes[best]
}

function isAbove(value: number, than: number, tie: 'first' | 'second'): boolean {
  return tie === 'second' ? value >= than : value > than
}

function columnsOf(range: LabelTarget['scores'], raw: ArrayLike<number>, offset: number): number[] {
  return range === undefined ? [] : copyColumns(raw, offset + range.start, range.width)
}

function assertFits({ classes, label, probabilities }: LabelTarget): void {
  const isSingle = label.width === 1 && (label.isIndex === true || classes.length <= 2)
  if (!isSingle && label.width !== classes.length) throw misfit('label', label.width, classes.length)
  if (probabilities !== undefined && probabilities.width !== classes.length)
    throw misfit('probabilities', probabilities.width, classes.length)
}

function misfit(what: string, width: number, classes: number): Error {
  return createError('VALIDATION_FAILED', `the head reads ${what} of ${classes} classes from ${width} raw columns`, {
    details: { what, width, classes },
  })
}
