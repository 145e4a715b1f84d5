// What a caller says was right and a model's head in; an error where it cannot be about that model, and what is odd about it, out.

import type { Head } from '../../src/artifact/head.ts'
import type { Scalar } from '../../src/artifact/schema.ts'
import { createError } from '../../src/errors.ts'
import { shownValue } from '../../src/rows/shown-value.ts'
import { classesText, labelIssue, labelsOf, numbersIssue, targetClasses } from './answer-shape.ts'

/** Values that an error lists. */
const listedValues = 4

/**
 * Labels must be of the model's classes: where none of a target's is, the truth is written otherwise ("1" for 1, 0 for
 * false) or of another model, and an accuracy of 0 would be told of it. Some may be new to the model, and are wrong answers.
 * @throws INPUT_INVALID
 */
export function assertTruth(truth: readonly unknown[], head: Head): void {
  const classes = targetClasses(head)
  truth.forEach((value, row) => {
    const issue = classes === undefined ? valueIssue(value, head) : labelIssue(value, classes)
    if (issue !== undefined)
      throw createError('INPUT_INVALID', `evaluation truth[${row}] ${issue}`, { details: { row } })
  })
  classes?.forEach((known, target) => {
    const strange = strangeLabels(truth, known, target)
    if (strange.length < truth.length) return
    const where = classes.length === 1 ? '' : ` of target ${target}`
    throw createError(
      'INPUT_INVALID',
      `evaluation truth${where} must be labels of the model (${classesText(known)}), got ${valuesText(strange)}; write them as the model has them, of the same type`,
    )
  })
}

/** What a report should say of labels that the model cannot give. */
export function truthWarnings(truth: readonly unknown[], head: Head): string[] {
  return (targetClasses(head) ?? []).flatMap((known, target, { length }) => {
    const strange = strangeLabels(truth, known, target)
    if (strange.length === 0) return []
    const where = length === 1 ? '' : ` of target ${target}`
    return [
      `${strange.length} of ${truth.length} truths${where} are none of the model's classes (${valuesText(strange)}) and count as wrong`,
    ]
  })
}

function strangeLabels(truth: readonly unknown[], known: readonly Scalar[], target: number): readonly unknown[] {
  const classes = new Set<unknown>(known)
  return truth.map((value) => labelsOf(value)[target]).filter((label) => !classes.has(label))
}

function valueIssue(value: unknown, head: Head): string | undefined {
  if (head.kind === 'transformer') return 'is there, but the model is a transformer: it has nothing to be right about'
  const values = labelsOf(value)
  if (!values.every((each): each is number => typeof each === 'number' && Number.isFinite(each)))
    return `must be a number, got ${shownValue(value)}`
  return numbersIssue(values, head)
}

function valuesText(values: readonly unknown[]): string {
  const different = [...new Set(values)]
  const rest = different.length > listedValues ? ', …' : ''
  return different.slice(0, listedValues).map(shownValue).join(', ') + rest
}
