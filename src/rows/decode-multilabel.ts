// Independent yes/no labels in, the decoder that reads their labels, probabilities and scores off raw columns out.

import type { MultilabelHead } from '../artifact/head.ts'
import { headWidth } from '../artifact/head-width.ts'
import { createError } from '../errors.ts'
import { sigmoid } from './decode-target.ts'
import type { Answer } from './prediction.ts'
import { assertNumbers, copyColumns } from './raw-columns.ts'

/** @throws VALIDATION_FAILED where columns of labels or scores are not one a class */
export function createMultilabelDecoder(head: MultilabelHead): (raw: ArrayLike<number>, offset: number) => Answer {
  const { label: deciding, scores } = head
  const count = head.classes.length
  for (const range of [deciding, scores]) if (range !== undefined && range.width !== count) throw misfit(count, range)
  const width = headWidth(head)
  return (raw, offset) => {
    assertNumbers(raw, offset, width)
    const probabilities = copyColumns(raw, offset, count)
    const label = new Array<number>(count)
    for (let k = 0; k < count; k++) {
      probabilities[k] = sigmoid(probabilities[k])
      label[k] = (deciding === undefined ? probabilities[k] : raw[offset + deciding.start + k]) > 0.5 ? 1 : 0
    }
    if (scores === undefined) return { label, probabilities }
    return { label, probabilities, scores: copyColumns(raw, offset + scores.start, count) }
  }
}

function misfit(classes: number, { width }: { readonly width: number }): Error {
  return createError('VALIDATION_FAILED', `the head reads labels of ${classes} classes from ${width} raw columns`, {
    details: { width, classes },
  })
}
