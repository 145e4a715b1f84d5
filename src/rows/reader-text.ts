// Readers of features in, the JavaScript text of functions that read rows of just these features out.

import type { FeatureReader } from './feature-reader.ts'
import { isInheritedName, type RowValues } from './row-values.ts'
import type { ValueForm } from './value-form.ts'

/** V8 optimises no function of over 60 kB of bytecode; a feature has up to 200 bytes. */
const statementsAFunction = 128

/** 1024 take some milliseconds to write and parse, once; no other row should wait for longer. */
const mostStatements = 1024

/** Up to so many texts are compared one by one, which beats a hash of a text that nobody has hashed yet. */
const mostCompared = 8

/** Features of one form side by side in an array that are worth a loop. */
const shortestLoop = 64

/** Features that a turn of such a loop reads: twice as fast as one a turn. */
const unrolled = 8

const parameters = '(row, into, offset, rowIndex)'

/**
 * The body of a function of `tables` (of categories, by feature), `judge`, `hasName` and `assertNamedValues` that returns
 * the member `kind` of `RowValues`. Whatever is not usual goes to `judge`, so that errors are those of the loops.
 * Undefined where the code would be too long to pay.
 */
export function readerText(kind: keyof RowValues, features: readonly FeatureReader[]): string | undefined {
  const statements = statementsOf[kind](features)
  if (statements.length > mostStatements) return undefined
  const tables = features.map(({ form }, i) => (isHashed(form) ? `const table${i} = tables[${i}]\n` : ''))
  const parts: string[] = []
  for (let i = 0; i < statements.length; i += statementsAFunction)
    parts.push(functionText(`part${i}`, ['let v, k', ...statements.slice(i, i + statementsAFunction)]))
  const calls = parts.map((_, i) => `part${i * statementsAFunction}${parameters}`)
  const entry = parts.length === 1 ? 'return part0' : `return ${functionText('', calls)}`
  return `'use strict'\n${tables.join('')}${parts.join('\n')}\n${entry}`
}

const statementsOf = {
  ofObject: objectStatements,
  ofArray: (features) => arrayStatements(features, (form, i) => anyValue(form, i, `judge.ofArray(v, ${i}, rowIndex)`)),
  ofNumbers: (features) =>
    arrayStatements(features, (form, i) => numberValue(form, `judge.ofNumbers(v, ${i}, rowIndex)`)),
} satisfies Record<keyof RowValues, (features: readonly FeatureReader[]) => string[]>

function functionText(name: string, statements: readonly string[]): string {
  return `function ${name}${parameters} {\n${statements.join('\n')}\n}`
}

function objectStatements(features: readonly FeatureReader[]): string[] {
  const assertion =
    'const prototype = Object.getPrototypeOf(row); ' +
    'if (prototype !== Object.prototype && prototype !== null) assertNamedValues(row, rowIndex); '
  // Behind an access V8 knows the shape of the row, and with it the prototype, for nothing; before it, it has to ask.
  const first = features.findIndex(({ form }) => form.kind !== 'ignored')
  const statements = features.map(({ name, form }, i) => {
    if (form.kind === 'ignored') return `into[offset + ${i}] = 0`
    const key = textLiteral(name)
    const access = isInheritedName(name) ? `hasName(row, ${key}) ? row[${key}] : undefined` : `row[${key}]`
    const value = anyValue(form, i, `judge.ofObject(row, v, ${i}, rowIndex)`)
    return `v = ${access}; ${i === first ? assertion : ''}into[offset + ${i}] = ${value}`
  })
  return first < 0 ? [assertion, ...statements] : statements
}

function arrayStatements(
  features: readonly FeatureReader[],
  valueText: (form: ValueForm, index: number | string) => string,
): string[] {
  const forms = features.map(({ form }) => form)
  const statement = (form: ValueForm, i: number | string) =>
    form.kind === 'ignored' ? `into[offset + ${i}] = 0` : `v = row[${i}]; into[offset + ${i}] = ${valueText(form, i)}`
  const statements: string[] = []
  for (let i = 0; i < forms.length; ) {
    const end = endOfRun(forms, i)
    if (end - i >= shortestLoop) {
      const body = Array.from({ length: unrolled }, (_, k) => statement(forms[i], `i + ${k}`))
      const loopEnd = end - ((end - i) % unrolled)
      statements.push(`for (let i = ${i}; i < ${loopEnd}; i += ${unrolled}) {\n${body.join('\n')}\n}`)
      i = loopEnd
    } else {
      statements.push(statement(forms[i], i))
      i++
    }
  }
  return statements
}

/** Where the features of the form at `start` end; categories have tables of their own, so each stands alone. */
function endOfRun(forms: readonly ValueForm[], start: number): number {
  const isLike = (form: ValueForm) => form.kind === forms[start].kind && takesNull(form) === takesNull(forms[start])
  let end = start + 1
  if (forms[start].kind !== 'category') while (end < forms.length && isLike(forms[end])) end++
  return end
}

/** The canonical value of `v`, a value of an object or a plain array, as an expression. */
function anyValue(form: ValueForm, index: number | string, judged: string): string {
  const unusual = takesNull(form) ? `v === null ? NaN : ${judged}` : judged
  switch (form.kind) {
    case 'ignored':
      return '0'
    case 'checked':
      return judged
    case 'number':
      // v − v is 0 for finite numbers only, and −0 + 0 is 0.
      return `typeof v === 'number' && v - v === 0 ? v + 0 : ${unusual}`
    case 'boolean':
      return `v === true || v === 1 ? 1 : v === false || v === 0 ? 0 : ${unusual}`
    case 'category':
      if (isHashed(form)) return `(k = table${index}.get(v)) !== undefined ? k : ${unusual}`
      return `${[...form.indexOf].map(([text, k]) => `v === ${textLiteral(text)} ? ${k} : `).join('')}${unusual}`
  }
}

/** The canonical value of `v`, a number of a typed array, as an expression. */
function numberValue(form: ValueForm, judged: string): string {
  switch (form.kind) {
    case 'ignored':
      return '0'
    case 'checked':
      return judged
    case 'number':
      return `v - v === 0 ? v + 0 : ${judged}`
    case 'boolean':
      return `v === 1 ? 1 : v === 0 ? 0 : ${judged}`
    case 'category':
      return `v >= ${form.lowest} && v < ${form.count} && (v | 0) === v ? v + 0 : ${judged}`
  }
}

function isHashed(form: ValueForm): boolean {
  if (form.kind !== 'category') return false
  return form.indexOf.size > mostCompared || [...form.indexOf.keys()].some((key) => typeof key !== 'string')
}

function takesNull(form: ValueForm): boolean {
  return 'takesNull' in form && form.takesNull
}

/** JSON's strings are those of JavaScript, line separators and lone surrogates included. */
function textLiteral(text: unknown): string {
  return JSON.stringify(text)
}
