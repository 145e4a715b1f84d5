// A head in, a decoder out that turns one row of raw columns into labels, probabilities, scores, values or a vector.

import type { Head } from '../artifact/head.ts'
import { headWidth } from '../artifact/head-width.ts'
import { assertNumbers, copyColumns } from './raw-columns.ts'
import { createLabelDecoder } from './decode-labels.ts'
import { createMultilabelDecoder } from './decode-multilabel.ts'
import { createTargetDecoder } from './decode-target.ts'
import type { Answer } from './prediction.ts'

/**
 * The answer of the row whose raw columns stand at `raw[offset …]`, in float64.
 * @throws EXECUTION_FAILED where a raw column is NaN and the model is no transformer: no number that follows could be right
 */
export type Decoder = (raw: ArrayLike<number>, offset: number) => Answer

/**
 * A decoder compiled from `head`.
 * @throws VALIDATION_FAILED where a target's width does not fit its link and classes
 */
export function createDecoder(head: Head): Decoder {
  switch (head.kind) {
    case 'classifier':
      return classifierDecoder(head)
    case 'labels':
      return createLabelDecoder(head)
    case 'multilabel':
      return createMultilabelDecoder(head)
    case 'regressor':
      return regressorDecoder(head)
    case 'transformer':
      return (raw, offset) => ({ vector: copyColumns(raw, offset, head.width) })
  }
}

function classifierDecoder(head: Extract<Head, { kind: 'classifier' }>): Decoder {
  const { targets, hasScores } = head
  const decoders = targets.map(createTargetDecoder)
  const width = headWidth(head)
  if (decoders.length === 1) {
    const decode = decoders[0]
    const { start, width: scoreCount } = targets[0]
    if (!hasScores)
      return (raw, offset) => {
        assertNumbers(raw, offset, width)
        return decode(raw, offset)
      }
    return (raw, offset) => {
      assertNumbers(raw, offset, width)
      const { label, probabilities } = decode(raw, offset)
      return { label, probabilities, scores: copyColumns(raw, offset + start, scoreCount) }
    }
  }
  return (raw, offset) => {
    assertNumbers(raw, offset, width)
    const answers = decoders.map((decode) => decode(raw, offset))
    const answer = {
      label: answers.map(({ label }) => label),
      probabilities: answers.map(({ probabilities }) => probabilities),
    }
    if (!hasScores) return answer
    // Targets in order, whatever the order of their columns.
    return { ...answer, scores: targets.flatMap((target) => copyColumns(raw, offset + target.start, target.width)) }
  }
}

function regressorDecoder({ link, targetCount }: Extract<Head, { kind: 'regressor' }>): Decoder {
  const inverse = link === 'exp' ? Math.exp : (value: number) => value
  if (targetCount === 1)
    return (raw, offset) => {
      assertNumbers(raw, offset, 1)
      return { value: inverse(raw[offset]) }
    }
  return (raw, offset) => {
    assertNumbers(raw, offset, targetCount)
    const value = copyColumns(raw, offset, targetCount)
    for (let k = 0; k < targetCount; k++) value[k] = inverse(value[k])
    return { value }
  }
}
