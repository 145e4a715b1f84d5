// A model's head and a label, list of numbers or list of probabilities in; what is wrong with it as an answer of that model out.

import type { Head } from '../../src/artifact/head.ts'
import type { Scalar } from '../../src/artifact/schema.ts'
import { quoteScalar } from '../../src/rows/row-error.ts'
import { shownValue } from '../../src/rows/shown-value.ts'

/** Classes that an error lists. */
const listedClasses = 8

/** The labels that each target can have; undefined where the model gives none. */
export function targetClasses(head: Head): readonly (readonly Scalar[])[] | undefined {
  switch (head.kind) {
    case 'classifier':
    case 'labels':
      return head.targets.map(({ classes }) => classes)
    case 'multilabel':
      return head.classes.map(() => [0, 1])
    case 'regressor':
    case 'transformer':
      return undefined
  }
}

/** One label a target; that of a single target may stand alone, or in a list of one. */
export function labelsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** What a label must be, where `value` is none of so many targets; undefined where it may be one. */
export function labelIssue(value: unknown, targets: readonly unknown[]): string | undefined {
  const labels = labelsOf(value)
  if (labels.length === targets.length && labels.every(isScalar)) return undefined
  const expected = targets.length === 1 ? 'a label' : `a list of ${targets.length} labels, one a target`
  return `must be ${expected}, got ${shownValue(value)}`
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** `false, true`. */
export function classesText(classes: readonly Scalar[]): string {
  const rest = classes.length - listedClasses
  return classes.slice(0, listedClasses).map(quoteScalar).join(', ') + (rest > 0 ? `, … ${rest} more` : '')
}

/** What the parts of an answer must be where they have other counts of numbers than the model gives; undefined where not. */
export function numbersIssue(numbers: readonly number[], head: Head): string | undefined {
  const [width, what] =
    head.kind === 'regressor'
      ? [head.targetCount, 'one a target']
      : head.kind === 'transformer'
        ? [head.width, 'one a column']
        : [numbers.length, '']
  if (numbers.length === width) return undefined
  return `must have ${width} ${width === 1 ? 'number' : `numbers, ${what}`}, got ${numbers.length}`
}

export function probabilitiesIssue(
  probabilities: readonly number[] | readonly (readonly number[])[],
  head: Head,
): string | undefined {
  const classes = head.kind === 'multilabel' ? [head.classes] : (targetClasses(head) ?? [])
  const lists = isNested(probabilities) ? probabilities : [probabilities]
  if (lists.length !== classes.length) return `must have ${classes.length} lists, one a target, got ${lists.length}`
  const target = lists.findIndex(({ length }, index) => length !== classes[index].length)
  if (target < 0) return undefined
  const where = classes.length === 1 ? '' : ` for target ${target}`
  const names = classesText(classes[target])
  return `must have ${classes[target].length} numbers${where}, one a class (${names}), got ${lists[target].length}`
}

function isNested(list: readonly number[] | readonly (readonly number[])[]): list is readonly (readonly number[])[] {
  return Array.isArray(list[0])
}
