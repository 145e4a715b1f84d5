// What a caller gives as golden rows, checked against the model, in; rows with the answers that the source gave out.

import type { Head } from '../../src/artifact/head.ts'
import type { Scalar } from '../../src/artifact/schema.ts'
import { createError } from '../../src/errors.ts'
import type { Answer } from '../../src/rows/prediction.ts'

/** The names are scikit-learn's own: what its methods answered, row by row. */
export type GoldenRows = {
  readonly rows: readonly unknown[]
  readonly expected: Readonly<Record<string, unknown>>
}

export type GoldenAnswers = { readonly rows: readonly unknown[]; readonly answers: readonly Answer[] }

const methods = ['predict', 'predict_proba', 'decision_function', 'transform'] as const
type Method = (typeof methods)[number]

/** @throws INPUT_INVALID where the rows or answers do not have the form that the contract states */
export function readGolden(golden: unknown, head: Head): GoldenAnswers {
  if (!isRecord(golden) || !Array.isArray(golden['rows']) || !isRecord(golden['expected']))
    throw invalid('must be { "rows": […], "expected": { … } }', golden)
  const rows: readonly unknown[] = golden['rows']
  const { expected } = golden
  if (rows.length === 0) throw invalid('must have at least one row', golden)
  const given = methods.filter((method) => expected[method] !== undefined)
  const unknown = Object.keys(expected).filter((name) => !(methods as readonly string[]).includes(name))
  if (given.length === 0 || unknown.length > 0)
    throw invalid(
      `must expect some of ${methods.join(', ')}, got ${Object.keys(expected).join(', ') || 'none'}`,
      golden,
    )
  const columns = given.map(
    (method) => [method, perRow(expected[method], method, { rows: rows.length, head })] as const,
  )
  const answers = rows.map((_, row): Answer => {
    const parts = columns.map(([method, values]) => answerPart(method, values[row], { row, head }))
    return Object.assign({}, ...parts) as Answer
  })
  return { rows, answers }
}

/** scikit-learn's predict_proba for several targets is a list over targets; the stored form may be one over rows. */
function perRow(
  values: unknown,
  method: Method,
  { rows, head }: { readonly rows: number; readonly head: Head },
): readonly unknown[] {
  const targets = head.kind === 'classifier' || head.kind === 'labels' ? head.targets.length : 1
  if (Array.isArray(values) && values.length === rows) return values
  if (method === 'predict_proba' && targets > 1 && Array.isArray(values) && values.length === targets) {
    const lists: readonly unknown[] = values
    if (lists.every((list) => Array.isArray(list) && list.length === rows))
      return Array.from({ length: rows }, (_, row) => lists.map((list) => (list as readonly unknown[])[row]))
  }
  const got = Array.isArray(values) ? `${values.length} answers` : typeof values
  throw createError(
    'INPUT_INVALID',
    `golden expected.${method} must have an answer for each of ${rows} rows, got ${got}`,
    {
      details: { method },
    },
  )
}

function answerPart(method: Method, value: unknown, place: { readonly row: number; readonly head: Head }): Answer {
  const { row, head } = place
  const isClassifier = head.kind === 'classifier' || head.kind === 'labels' || head.kind === 'multilabel'
  const at = `expected.${method}[${row}]`
  switch (method) {
    case 'predict':
      return isClassifier ? { label: labelOf(value, at) } : { value: numbersOf(value, at) }
    case 'predict_proba':
      if (!isClassifier) throw mismatch(at, head)
      return { probabilities: probabilitiesOf(value, at) }
    case 'decision_function':
      if (!isClassifier) throw mismatch(at, head)
      return { scores: numbersOf(value, at) }
    case 'transform':
      if (head.kind !== 'transformer') throw mismatch(at, head)
      return { vector: numbersOf(value, at) }
  }
}

function labelOf(value: unknown, at: string): Scalar | readonly Scalar[] {
  if (isScalar(value)) return value
  if (Array.isArray(value) && value.every(isScalar)) return value
  throw wrongAnswer(at, 'a label or a list of labels', value)
}

function probabilitiesOf(value: unknown, at: string): readonly number[] | readonly (readonly number[])[] {
  if (Array.isArray(value) && value.length > 0 && value.every((entry) => Array.isArray(entry)))
    return value.map((entry) => numbersOf(entry, at))
  return numbersOf(value, at)
}

/** JSON has no NaN: null stands for it. */
function numbersOf(value: unknown, at: string): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((entry) => {
    if (typeof entry === 'number') return entry
    if (entry === null) return NaN
    throw wrongAnswer(at, 'numbers', entry)
  })
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(expectation: string, golden: unknown): Error {
  const got = isRecord(golden) ? `an object with ${Object.keys(golden).join(', ') || 'nothing in it'}` : typeof golden
  return createError('INPUT_INVALID', `golden rows ${expectation}; got ${got}`)
}

function mismatch(at: string, head: Head): Error {
  return createError(
    'INPUT_INVALID',
    `golden ${at} is there, but the model is a ${head.kind}, which has no such answer`,
  )
}

function wrongAnswer(at: string, expectation: string, value: unknown): Error {
  return createError('INPUT_INVALID', `golden ${at} must be ${expectation}, got ${JSON.stringify(value)}`)
}
