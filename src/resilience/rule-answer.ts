// What a rule answered in; an Answer on the model's own scale out, or one sentence about what is wrong with it.

import type { ModelSchema, OutputName, Scalar } from '../artifact/schema.ts'
import type { Answer } from '../rows/prediction.ts'

/** Room for rounding in a rule's arithmetic, far below any difference between two meant probabilities. */
const probabilitySumTolerance = 1e-6

const answerFields: readonly OutputName[] = ['label', 'probabilities', 'scores', 'value', 'vector']

export class RuleAnswerFault extends Error {}

/**
 * Checks an answer against the model's schema; without one, only what holds for every model.
 * Fields beside those of an Answer are left out; a missing label is the class of the highest probability.
 * @throws RuleAnswerFault
 */
export function readRuleAnswer(given: unknown, schema: ModelSchema | undefined): Answer {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new RuleAnswerFault(`expected an object such as { label } or { value }, got ${describe(given)}`)
  const answer = given as Readonly<Record<OutputName, unknown>>
  const fields = answerFields.filter((field) => answer[field] !== undefined)
  if (fields.length === 0)
    throw new RuleAnswerFault(`expected one of ${(schema?.outputs ?? answerFields).join(', ')}, got none of them`)
  const foreign = schema === undefined ? undefined : fields.find((field) => !schema.outputs.includes(field))
  if (foreign !== undefined)
    throw new RuleAnswerFault(`the model gives ${schema?.outputs.join(', ')}, and so no ${foreign}`)

  const targets = targetsOf(schema)
  const checked: Record<string, unknown> = {}
  // a list of labels beside one list of classes: each class by itself, and its probabilities have no common sum
  const isMultilabel = targets.kind === 'one' && Array.isArray(answer.label)
  if (answer.probabilities !== undefined)
    checked['probabilities'] = isMultilabel
      ? readShares(answer.probabilities, targets.classes.length)
      : readProbabilities(answer.probabilities, targets)
  if (answer.label !== undefined) checked['label'] = readLabel(answer.label, targets)
  if (answer.scores !== undefined) checked['scores'] = readNumbers(answer.scores, 'scores')
  if (answer.value !== undefined)
    checked['value'] = Array.isArray(answer.value)
      ? readNumbers(answer.value, 'value')
      : readNumber(answer.value, 'value')
  if (answer.vector !== undefined) checked['vector'] = readVector(answer.vector, schema)
  if (checked['label'] === undefined && schema?.outputs.includes('label') === true)
    checked['label'] = likeliestLabel(checked['probabilities'], targets)
  return checked as Answer
}

/** Classes of the one target, of each of several, or of neither where they are not known. */
type Targets =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'one'; readonly classes: readonly Scalar[] }
  | { readonly kind: 'several'; readonly classes: readonly (readonly Scalar[])[] }

function targetsOf(schema: ModelSchema | undefined): Targets {
  const classes = schema?.classes
  if (classes === undefined) return { kind: 'unknown' }
  return Array.isArray(classes[0])
    ? { kind: 'several', classes: classes as readonly (readonly Scalar[])[] }
    : { kind: 'one', classes: classes as readonly Scalar[] }
}

function readLabel(label: unknown, targets: Targets): unknown {
  if (targets.kind === 'several') {
    if (!Array.isArray(label) || label.length !== targets.classes.length)
      throw new RuleAnswerFault(`label: expected ${targets.classes.length} labels, got ${describe(label)}`)
    return label.map((one, target) => readOneLabel(one, targets.classes[target]))
  }
  if (Array.isArray(label)) {
    if (targets.kind === 'one' && label.length !== targets.classes.length)
      throw new RuleAnswerFault(
        `label: expected a class or ${targets.classes.length} of 0 and 1, got ${describe(label)}`,
      )
    return label.map((one) => readOneLabel(one, targets.kind === 'one' ? [0, 1] : undefined))
  }
  return readOneLabel(label, targets.kind === 'one' ? targets.classes : undefined)
}

function readOneLabel(label: unknown, classes: readonly Scalar[] | undefined): Scalar {
  if (typeof label !== 'string' && typeof label !== 'boolean' && !isFinite(label))
    throw new RuleAnswerFault(`label: expected a string, a boolean or a finite number, got ${describe(label)}`)
  if (classes !== undefined && !classes.includes(label))
    throw new RuleAnswerFault(`label: expected one of ${JSON.stringify(classes)}, got ${JSON.stringify(label)}`)
  return label
}

function readProbabilities(given: unknown, targets: Targets): readonly number[] | readonly (readonly number[])[] {
  if (!Array.isArray(given)) throw new RuleAnswerFault(`probabilities: expected an array, got ${describe(given)}`)
  const isNested = targets.kind === 'several' || (targets.kind === 'unknown' && Array.isArray(given[0]))
  if (!isNested) return readDistribution(given, targets.kind === 'one' ? targets.classes.length : given.length)
  if (targets.kind === 'several' && given.length !== targets.classes.length)
    throw new RuleAnswerFault(`probabilities: expected ${targets.classes.length} lists, got ${given.length}`)
  return given.map((list: unknown, target) =>
    readDistribution(list, targets.kind === 'several' ? targets.classes[target].length : lengthOf(list)),
  )
}

function readDistribution(given: unknown, classCount: number): number[] {
  const list = readShares(given, classCount)
  const sum = list.reduce((total, probability) => total + probability, 0)
  if (Math.abs(sum - 1) > probabilitySumTolerance)
    throw new RuleAnswerFault(`probabilities: expected a sum of 1, got ${sum}`)
  return list
}

function readShares(given: unknown, classCount: number): number[] {
  const list = readNumbers(given, 'probabilities')
  if (list.length !== classCount || classCount === 0)
    throw new RuleAnswerFault(`probabilities: expected ${classCount} numbers, one a class, got ${list.length}`)
  const outside = list.find((probability) => probability < 0 || probability > 1)
  if (outside !== undefined) throw new RuleAnswerFault(`probabilities: expected numbers from 0 to 1, got ${outside}`)
  return list
}

function readVector(given: unknown, schema: ModelSchema | undefined): number[] {
  const vector = readNumbers(given, 'vector')
  const expected = schema?.vectorNames?.length
  if (expected !== undefined && vector.length !== expected)
    throw new RuleAnswerFault(`vector: expected ${expected} numbers, got ${vector.length}`)
  return vector
}

function likeliestLabel(probabilities: unknown, targets: Targets): unknown {
  if (probabilities === undefined || targets.kind === 'unknown')
    throw new RuleAnswerFault('label: expected a class, got undefined')
  if (targets.kind === 'one') return targets.classes[indexOfLargest(probabilities as readonly number[])]
  const lists = probabilities as readonly (readonly number[])[]
  return targets.classes.map((classes, target) => classes[indexOfLargest(lists[target])])
}

function indexOfLargest(values: readonly number[]): number {
  let largest = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[largest]) largest = i
  return largest
}

function readNumbers(given: unknown, field: string): number[] {
  if (!Array.isArray(given)) throw new RuleAnswerFault(`${field}: expected an array of numbers, got ${describe(given)}`)
  return Array.from(given, (value: unknown) => readNumber(value, field))
}

function readNumber(given: unknown, field: string): number {
  if (isFinite(given)) return given
  throw new RuleAnswerFault(`${field}: expected finite numbers, got ${describe(given)}`)
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'number' ? String(value) : typeof value === 'object' ? 'an object' : typeof value
}
