// The weights of an XGBoost gblinear booster in; a dense layer over its features out.

import { createError } from '../../../src/errors.ts'
import type { BoosterParts } from './booster-parts.ts'
import type { Learner } from './learner.ts'

/** A missing value adds nothing, as 0 does: a sparse row has no entry for it (src/gbm/gblinear.cc of 3.4). */
export function readLinearBooster(learner: Learner): BoosterParts {
  const { booster, featureNames } = learner
  const model = booster.record('model')
  const weights = model.numbers('weights')
  const inputWidth = featureNames.length
  // One row a feature, and one for the bias.
  const width = weights.length / (inputWidth + 1)
  const stated = Math.max(1, learner.classCount, learner.targetCount)
  if (!Number.isInteger(width) || width < stated || (width > stated && stated > 1))
    throw model.corrupt('weights', `${stated} weights for each of ${inputWidth} features and the bias`)
  if (!weights.every(Number.isFinite)) throw model.corrupt('weights', 'finite numbers', 'NaN or infinity')
  const inputs = (region: number) => featureNames.map((_, column) => ({ region, column }))
  return {
    width,
    treeCount: 0,
    features: featureNames.map((name) => ({ name, dtype: 'number', used: true, missing: 'handled' })),
    regionsOf: (margins) => {
      const bias = weights.slice(inputWidth * width).map((value, i) => value + margins[i])
      if (bias.some((value) => !Number.isFinite(Math.fround(value))))
        throw createError('UNSUPPORTED', 'XGBoost gblinear: a bias outside float32 is not supported. Scale the target')
      return [
        { kind: 'input', width: inputWidth },
        {
          kind: 'impute',
          inputs: inputs(0),
          missing: featureNames.map(() => Number.NaN),
          fill: featureNames.map(() => 0),
        },
        {
          kind: 'dense-chain',
          inputs: inputs(1),
          layers: [
            {
              inputWidth,
              outputWidth: width,
              weights: weights.slice(0, inputWidth * width),
              bias,
              activation: 'identity',
            },
          ],
        },
      ]
    },
  }
}
