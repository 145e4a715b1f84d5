// A file of XGBoost, read but not understood, in; the source model out.

import type { Head } from '../../../src/artifact/head.ts'
import type { ModelSchema } from '../../../src/artifact/schema.ts'
import type { BoosterRecord } from '../../formats/xgboost/booster-value.ts'
import type { SourceModel } from '../source-model.ts'
import type { BoosterParts } from './booster-parts.ts'
import { type Learner, readLearner } from './learner.ts'
import { readLinearBooster } from './linear-booster.ts'
import { baseMargin } from './objective-table.ts'
import { readTreeBooster } from './tree-booster.ts'

/**
 * The model that `document` describes. XGBoost adds leaves up in float32, one after the other: its margins may be off by
 * T · 2⁻²⁴ times the sum of the absolute leaves, for T trees; these are the float64 sums.
 * @throws UNSUPPORTED for a booster or objective that is not known; FILE_CORRUPT; LIMIT_EXCEEDED
 */
export function xgboostToSourceModel(document: BoosterRecord): SourceModel {
  const learner = readLearner(document)
  const name = learner.booster.text('name')
  const parts = boosterOf(learner, name)
  const regions = parts.regionsOf(marginsOf(learner, name, parts.width))
  const output = Array.from({ length: parts.width }, (_, column) => ({ region: regions.length - 1, column }))
  const { schema, ...head } = headOf(learner, parts.width)
  return {
    ...head,
    schema: { features: parts.features, ...schema },
    graph: { regions, output },
    source: {
      framework: 'XGBoost',
      frameworkVersion: learner.version,
      estimator: `${name}(${learner.objectiveName}${parts.treeCount === 0 ? '' : `, ${parts.treeCount} trees`})`,
    },
  }
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
  return Float64Array.from({ length: width }, (_, i) => baseMargin(baseScores[isShared ? 0 : i], objective, params))
}

type HeadParts = {
  readonly kind: SourceModel['kind']
  readonly head: Head
  readonly schema: Omit<ModelSchema, 'features'>
}

/** So steep a sigmoid is a step for every margin that a float32 sum can be, but for 0, whose class is 0 all the same. */
const stepScale = 2 ** 100

function headOf({ objective, objectiveName, booster }: Learner, width: number): HeadParts {
  const { answer } = objective
  if (answer === 'value' || answer === 'exp') {
    const head = { kind: 'regressor', link: answer === 'exp' ? 'exp' : 'identity', targetCount: width } as const
    return { kind: 'regressor', head, schema: { outputs: ['value'] } }
  }
  const isBinary = answer !== 'softmax'
  const classes = Array.from({ length: isBinary && width === 1 ? 2 : width }, (_, label) => label)
  if (isBinary && width > 1) {
    if (answer === 'step')
      throw booster.unsupported(`${objectiveName} with several targets`, 'Train one model a target.')
    // Yes or no for each target.
    const schema = { classes, outputs: ['label', 'probabilities'] } as const
    return { kind: 'classifier', head: { kind: 'multilabel', classes }, schema }
  }
  if (width === 1 && !isBinary)
    throw booster.unsupported('softmax over one class', 'Train it with two classes or more.')
  const link = isBinary ? 'sigmoid' : 'softmax'
  const target = { classes, start: 0, width, link, ...(answer === 'step' ? { scale: stepScale } : {}) } as const
  const head: Head = { kind: 'classifier', targets: [target], hasScores: true }
  return { kind: 'classifier', head, schema: { classes, outputs: ['label', 'probabilities', 'scores'] } }
}
