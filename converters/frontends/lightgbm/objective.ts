// The objective line of a LightGBM file in; how raw scores become answers out.

import type { ClassifierTarget, Head } from '../../../src/artifact/head.ts'
import type { ModelSchema } from '../../../src/artifact/schema.ts'
import type { MappedColumn } from '../../../src/regions/formula/column-map.ts'
import { createError, type MLError } from '../../../src/errors.ts'
import { lightgbmCorrupt } from '../../formats/lightgbm/lightgbm-limits.ts'
import type { SourceModel } from '../source-model.ts'

export type ObjectiveHead = {
  readonly kind: SourceModel['kind']
  readonly head: Head
  readonly schema: Omit<ModelSchema, 'features'>
  /** What raw scores go through, one function after the other, before the head. */
  readonly answers?: readonly MappedColumn[]
}

type Objective = {
  readonly name: string
  readonly flags: readonly string[]
  readonly parameters: ReadonlyMap<string, number>
  /** Trees an iteration, and so raw columns. */
  readonly width: number
}

type HeadOf = (objective: Objective) => ObjectiveHead

/** log(1 + exp(x)) */
const softplus: MappedColumn = { name: 'softplus', settings: [] }
/** sign(x) · x² */
const signedSquare: MappedColumn = { name: 'signed-square', settings: [] }

/** Inverse links are those of `ConvertOutput` of LightGBM 4.6.0, src/objective; 3.3.5 has the same. */
const objectiveTable: Readonly<Record<string, HeadOf>> = {
  regression: (objective) => regressor(objective, 'identity'),
  regression_l1: (objective) => regressor(objective, 'identity'),
  huber: (objective) => regressor(objective, 'identity'),
  fair: (objective) => regressor(objective, 'identity'),
  quantile: (objective) => regressor(objective, 'identity'),
  mape: (objective) => regressor(objective, 'identity'),
  lambdarank: (objective) => regressor(objective, 'identity'),
  rank_xendcg: (objective) => regressor(objective, 'identity'),
  custom: (objective) => regressor(objective, 'identity'),
  poisson: (objective) => regressor(objective, 'exp'),
  gamma: (objective) => regressor(objective, 'exp'),
  tweedie: (objective) => regressor(objective, 'exp'),
  binary: (objective) => classifier(objective, { link: 'sigmoid', scale: sigmoidOf(objective) }),
  cross_entropy: (objective) => classifier(objective, { link: 'sigmoid' }),
  multiclass: (objective) => classifier(objective, { link: 'softmax' }),
  cross_entropy_lambda: (objective) => regressor(objective, 'identity', [softplus]),
  // Not divided by their sum, and so the answers of `predict` need not add up to 1.
  multiclassova: (objective) => classifier(objective, { link: 'each-sigmoid', scale: sigmoidOf(objective) }),
}

/** Names of the supported objectives, for tables of what can be converted. */
export const objectiveNames = Object.keys(objectiveTable)

/** @param line without `objective=`; undefined where the file has none: the objective was a function of the caller */
export function readObjective(line: string | undefined, width: number): ObjectiveHead {
  const [name = 'custom', ...rest] = line === undefined ? [] : line.trim().split(/\s+/)
  const flags = rest.filter((part) => !part.includes(':'))
  const parameters = new Map(rest.filter((part) => part.includes(':')).map(parameterOf))
  if (!Object.hasOwn(objectiveTable, name)) throw unsupportedObjective(name)
  return objectiveTable[name]({ name, flags, parameters, width })
}

function parameterOf(part: string): [string, number] {
  const [key, text] = part.split(':')
  const value = Number(text)
  if (text !== '' && Number.isFinite(value)) return [key, value]
  throw lightgbmCorrupt('objective', `a number for ${key}`, `"${text}"`)
}

function sigmoidOf({ parameters }: Objective): number {
  const sigmoid = parameters.get('sigmoid') ?? 1
  if (sigmoid > 0) return sigmoid
  throw lightgbmCorrupt('objective', 'a sigmoid parameter above 0', String(sigmoid))
}

function regressor(
  { flags, width }: Objective,
  link: 'identity' | 'exp',
  answers: readonly MappedColumn[] = [],
): ObjectiveHead {
  const head: Head = { kind: 'regressor', link, targetCount: width }
  // reg_sqrt: trained on the square root of the target
  const all = flags.includes('sqrt') && link === 'identity' ? [...answers, signedSquare] : answers
  return { kind: 'regressor', head, schema: { outputs: ['value'] }, answers: all }
}

function classifier(
  { name, parameters, width }: Objective,
  reading: Pick<ClassifierTarget, 'link' | 'scale'>,
): ObjectiveHead {
  const isBinary = reading.link === 'sigmoid'
  const count = isBinary ? 2 : width
  const stated = parameters.get('num_class') ?? count
  if ((isBinary && width !== 1) || count < 2 || stated !== count)
    throw lightgbmCorrupt('objective', `classes of ${name} for ${width} trees an iteration`, `num_class ${stated}`)
  const classes = Array.from({ length: count }, (_, label) => label)
  const target: ClassifierTarget = { classes, start: 0, width, tie: 'first', ...reading }
  return {
    kind: 'classifier',
    head: { kind: 'classifier', targets: [target], hasScores: true },
    schema: { classes, outputs: ['label', 'probabilities', 'scores'] },
  }
}

function unsupportedObjective(name: string): MLError {
  return unsupported(
    `objective ${name.slice(0, 40)}`,
    `Supported are ${objectiveNames.filter((known) => known !== 'custom').join(', ')}, and objectives of one's own, which give raw scores.`,
  )
}

/** UNSUPPORTED: something LightGBM can do and we cannot; `instead` says what would work. */
export function unsupported(what: string, instead: string): MLError {
  return createError('UNSUPPORTED', `the LightGBM model: ${what} is not supported. ${instead}`)
}
