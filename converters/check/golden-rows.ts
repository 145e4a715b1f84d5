// What a caller gives as golden rows, checked against the model, in; rows with the answers that the source gave out.

import type { Head } from '../../src/artifact/head.ts'
import type { OutputName, Scalar } from '../../src/artifact/schema.ts'
import { createError } from '../../src/errors.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { shownValue } from '../../src/rows/shown-value.ts'
import { classesText, labelIssue, labelsOf, numbersIssue, probabilitiesIssue, targetClasses } from './answer-shape.ts'

/** The names are scikit-learn's own: what its methods answered, row by row. */
export type GoldenRows = {
  readonly rows: readonly unknown[]
  readonly expected: Readonly<Record<string, unknown>>
}

export type GoldenAnswers = { readonly rows: readonly unknown[]; readonly answers: readonly Answer[] }

const methods = ['predict', 'predict_proba', 'decision_function', 'transform'] as const
type Method = (typeof methods)[number]

const labelled: readonly Head['kind'][] = ['classifier', 'labels', 'multilabel']

/** Models that have the method. */
const kindsOf: Readonly<Record<Method, readonly Head['kind'][]>> = {
  predict: [...labelled, 'regressor'],
  predict_proba: labelled,
  decision_function: labelled,
  transform: ['transformer'],
}

/** Which rows of a caller bring the answers: errors name them. */
export type GoldenOrigin = 'golden' | 'evaluation'

/** Where an answer stands, and the model that should have given it. */
type Place = { readonly row: number; readonly head: Head; readonly origin: GoldenOrigin }

/** @throws INPUT_INVALID where the rows or answers do not have the form that the contract states, or the model none like them */
export function readGolden(golden: unknown, head: Head, origin: GoldenOrigin = 'golden'): GoldenAnswers {
  if (!isRecord(golden) || !Array.isArray(golden['rows']) || !isRecord(golden['expected']))
    throw wrongForm(origin, 'must be { "rows": […], "expected": { … } }', golden)
  const rows: readonly unknown[] = golden['rows']
  const { expected } = golden
  if (rows.length === 0) throw wrongForm(origin, 'must have at least one row', golden)
  const given = methods.filter((method) => expected[method] !== undefined)
  const unknown = Object.keys(expected).filter((name) => !(methods as readonly string[]).includes(name))
  if (given.length === 0 || unknown.length > 0)
    throw wrongForm(
      origin,
      `must expect some of ${methods.join(', ')}, got ${Object.keys(expected).join(', ') || 'none'}`,
      golden,
    )
  const columns = given.map(
    (method) => [method, perRow(expected[method], method, { rows: rows.length, head, origin })] as const,
  )
  const answers = rows.map((_, row): Answer => {
    const parts = columns.map(([method, values]) => answerPart(method, values[row], { row, head, origin }))
    return Object.assign({}, ...parts) as Answer
  })
  return { rows, answers }
}

const partOf = { predict_proba: 'probabilities', decision_function: 'scores' } as const

/** What a report should say of answers that the model has no part for: nothing is told of them. */
export function uncomparedWarnings([first]: readonly Answer[], outputs: readonly OutputName[]): string[] {
  return Object.entries(partOf).flatMap(([method, part]) =>
    first[part] === undefined || outputs.includes(part)
      ? []
      : [`golden answers of ${method} were not compared: the model gives no ${part}`],
  )
}

/** scikit-learn's predict_proba for several targets is a list over targets; the stored form may be one over rows. */
function perRow(
  values: unknown,
  method: Method,
  { rows, head, origin }: Pick<Place, 'head' | 'origin'> & { readonly rows: number },
): readonly unknown[] {
  const targets = head.kind === 'classifier' || head.kind === 'labels' ? head.targets.length : 1
  if (Array.isArray(values) && values.length === rows) return values
  if (method === 'predict_proba' && targets > 1 && Array.isArray(values) && values.length === targets) {
    const lists: readonly unknown[] = values
    if (lists.every((list) => Array.isArray(list) && list.length === rows))
      return Array.from({ length: rows }, (_, row) => lists.map((list) => (list as readonly unknown[])[row]))
  }
  const got = Array.isArray(values) ? `${values.length} answers` : shownValue(values)
  throw createError(
    'INPUT_INVALID',
    `${origin} expected.${method} must have an answer for each of ${rows} rows, got ${got}`,
    { details: { method } },
  )
}

function answerPart(method: Method, value: unknown, { row, head, origin }: Place): Answer {
  const at = `${origin} expected.${method}[${row}]`
  if (!kindsOf[method].includes(head.kind))
    throw invalid(`${at} is there, but the model is a ${head.kind}, which has no such answer`, row)
  const fits = <Part>(part: Part, issue: string | undefined): Part => {
    if (issue !== undefined) throw invalid(`${at} ${issue}. Do these answers belong to this model?`, row)
    return part
  }
  const numbers = (): readonly number[] => numbersOf(value, at, row)
  switch (method) {
    case 'predict': {
      const classes = targetClasses(head)
      if (classes === undefined) return { value: fits(numbers(), numbersIssue(numbers(), head)) }
      return { label: fits(value as Answer['label'], labelIssue(value, classes) ?? strangeLabel(value, classes)) }
    }
    case 'predict_proba': {
      const isNested = Array.isArray(value) && value.length > 0 && value.every((entry) => Array.isArray(entry))
      const probabilities = isNested ? value.map((entry) => numbersOf(entry, at, row)) : numbers()
      return { probabilities: fits(probabilities, probabilitiesIssue(probabilities, head)) }
    }
    case 'decision_function':
      return { scores: numbers() }
    case 'transform':
      return { vector: fits(numbers(), numbersIssue(numbers(), head)) }
  }
}

/** A source gives none but the labels that it was trained on. */
function strangeLabel(label: unknown, classes: readonly (readonly Scalar[])[]): string | undefined {
  const target = labelsOf(label).findIndex((each, index) => !classes[index].includes(each as Scalar))
  if (target < 0) return undefined
  const where = classes.length === 1 ? '' : ` of target ${target}`
  return `must be one of the classes${where} (${classesText(classes[target])}), got ${shownValue(labelsOf(label)[target])}`
}

/** JSON has no NaN: null stands for it. */
function numbersOf(value: unknown, at: string, row: number): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((entry) => {
    if (typeof entry === 'number') return entry
    if (entry === null) return NaN
    throw invalid(`${at} must be numbers, got ${shownValue(entry)}`, row)
  })
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrongForm(origin: GoldenOrigin, expectation: string, golden: unknown): Error {
  const got = isRecord(golden)
    ? `an object with ${Object.keys(golden).join(', ') || 'nothing in it'}`
    : shownValue(golden)
  return createError('INPUT_INVALID', `${origin} rows ${expectation}; got ${got}`)
}

function invalid(text: string, row: number): Error {
  return createError('INPUT_INVALID', text, { details: { row } })
}
