// A file of XGBoost, read but not understood, in; the source model out.

import type { Head } from '../../../src/artifact/head.ts'
import type { ModelSchema } from '../../../src/artifact/schema.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'
import type { ColumnRef, Region } from '../../../src/regions/region.ts'
import type { BoosterRecord } from '../../formats/xgboost/booster-value.ts'
import type { MappedColumn } from '../../../src/regions/formula/column-map.ts'
import type { SourceModel } from '../source-model.ts'
import type { BoosterParts } from './booster-parts.ts'
import { type Learner, readLearner } from './learner.ts'
import { readLinearBooster } from './linear-booster.ts'
import { baseMargins } from './objective-table.ts'
import { readTreeBooster } from './tree-booster.ts'
import { wrappedAnswers } from './wrapped-answers.ts'

/**
 * The model that `document` describes. XGBoost adds leaves up in float32, one after the other: its margins may be off by
 * T · 2⁻²⁴ times the sum of the absolute leaves, for T trees; these are the float64 sums.
 * @throws UNSUPPORTED for a booster or objective that is not known; FILE_CORRUPT; LIMIT_EXCEEDED
 */
export function xgboostToSourceModel(document: BoosterRecord): SourceModel {
  const learner = readLearner(document)
  const name = learner.booster.text('name')
  const parts = boosterOf(learner, name)
  const { schema, answers, ...head } = headOf(learner, parts.width)
  const regions = [...parts.regionsOf(marginsOf(learner, name, parts.width))]
  const columns = () => Array.from({ length: parts.width }, (_, column) => ({ region: regions.length - 1, column }))
  if (answers !== undefined) regions.push({ kind: 'map', inputs: columns(), functions: answers })
  if (learner.objective.answer === 'rises') regions.push(runningSums(columns()))
  const model: SourceModel = {
    ...head,
    schema: { features: parts.features, ...schema },
    graph: { regions, output: columns() },
    source: {
      framework: 'XGBoost',
      frameworkVersion: learner.version,
      estimator: `${name}(${learner.objectiveName}${parts.treeCount === 0 ? '' : `, ${parts.treeCount} trees`})`,
    },
  }
  return wrappedAnswers(model, learner.wrapper)
}

function boosterOf(learner: Learner, name: string): BoosterParts {
  if (name === 'gbtree' || name === 'dart') return readTreeBooster(learner, name)
  if (name === 'gblinear') return readLinearBooster(learner)
  throw learner.booster.unsupported(
    `booster ${JSON.stringify(name.slice(0, 60))}`,
    'Supported are gbtree, dart, gblinear.',
  )
}

function marginsOf({ baseScores, objective, params }: Learner, name: string, width: number): Float64Array {
  if (baseScores.length !== 1 && baseScores.length !== width)
    throw params.corrupt('base_score', `one number, or one for each of ${width} outputs`, `${baseScores.length}`)
  // gblinear gives the first to all outputs, and is trained so (PredictBatchInternal in src/gbm/gblinear.cc of 3.4).
  const isShared = baseScores.length === 1 || name === 'gblinear'
  const scores = Float64Array.from({ length: width }, (_, i) => baseScores[isShared ? 0 : i])
  return baseMargins(scores, objective, params)
}

function runningSums(inputs: readonly ColumnRef[]): Region {
  const width = inputs.length
  const weights = Float64Array.from({ length: width * width }, (_, i) => (Math.floor(i / width) <= i % width ? 1 : 0))
  return {
    kind: 'linear',
    inputs,
    weights: exactTable(weights, width),
    bias: exactTable(new Float64Array(width), width),
  }
}

type HeadParts = {
  readonly kind: SourceModel['kind']
  readonly head: Head
  readonly schema: Omit<ModelSchema, 'features'>
  /** What margins go through before the head. */
  readonly answers?: readonly MappedColumn[]
}

/** So steep a sigmoid is a step for every margin that a float32 sum can be, but for 0, whose class is 0 all the same. */
const stepScale = 2 ** 100

function headOf({ objective, booster }: Learner, width: number): HeadParts {
  const { answer } = objective
  if (answer === 'value' || answer === 'exp') {
    const head = { kind: 'regressor', link: answer === 'exp' ? 'exp' : 'identity', targetCount: width } as const
    return { kind: 'regressor', head, schema: { outputs: ['value'] } }
  }
  if (answer === 'share' || answer === 'rises') {
    const head = { kind: 'regressor', link: 'identity', targetCount: width } as const
    const nameOf = (i: number) => (answer === 'share' ? 'sigmoid' : i === 0 ? 'identity' : 'softplus')
    const answers = Array.from({ length: width }, (_, i): MappedColumn => ({ name: nameOf(i), settings: [] }))
    return { kind: 'regressor', head, schema: { outputs: ['value'] }, answers }
  }
  const isBinary = answer !== 'softmax'
  const classes = Array.from({ length: isBinary && width === 1 ? 2 : width }, (_, label) => label)
  if (isBinary && width > 1) {
    // Yes or no for each target.
    const schema = { classes, outputs: ['label', 'probabilities'] } as const
    const steep = { name: 'affine', settings: [stepScale, 0] } as const
    const head = { kind: 'multilabel', classes } as const
    return { kind: 'classifier', head, schema, ...(answer === 'step' && { answers: classes.map(() => steep) }) }
  }
  if (width === 1 && !isBinary)
    throw booster.unsupported('softmax over one class', 'Train it with two classes or more.')
  const link = isBinary ? 'sigmoid' : 'softmax'
  const target = { classes, start: 0, width, link, ...(answer === 'step' ? { scale: stepScale } : {}) } as const
  const head: Head = { kind: 'classifier', targets: [target], hasScores: true }
  return { kind: 'classifier', head, schema: { classes, outputs: ['label', 'probabilities', 'scores'] } }
}
