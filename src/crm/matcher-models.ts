// A source of models in; the three that matching asks, each with its rule, and how they do, out.

import { isMLError } from '../errors.ts'
import { createModelAnswers, type ModelAnswers, type ModelAnswersOptions } from './model-answers.ts'
import type { ModelSource } from './model-source.ts'
import { interestModel, matcherModel, viewingModel } from './property-models.ts'

export type MatcherModels = {
  readonly match: ModelAnswers<'property_matcher_v3'>
  readonly interest: ModelAnswers<'property_interest_predictor_v2'>
  readonly viewing: ModelAnswers<'viewing_probability_predictor_v2'>
}

/** By model. */
export type ModelsHealth = Readonly<
  Record<
    string,
    {
      /** `absent` where there is no predictor at all. */
      readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'absent'
      readonly version: string | null
      /** Code of the error that says why it is absent or not loaded. */
      readonly reason?: string
    }
  >
>

export function openMatcherModels(options: ModelAnswersOptions): MatcherModels {
  return {
    match: createModelAnswers(matcherModel, options),
    interest: createModelAnswers(interestModel, options),
    viewing: createModelAnswers(viewingModel, options),
  }
}

export async function modelHealthOf(models: ModelSource | undefined): Promise<ModelsHealth> {
  const health: Record<string, ModelsHealth[string]> = {}
  for (const { name } of [matcherModel, interestModel, viewingModel])
    try {
      if (models === undefined) health[name] = { status: 'absent', version: null, reason: 'MODEL_NOT_FOUND' }
      else {
        const { status, version, error } = (await models.getModelPredictor(name)).getHealth()
        health[name] = { status, version, ...(error && { reason: error.code }) }
      }
    } catch (error) {
      health[name] = { status: 'absent', version: null, reason: isMLError(error) ? error.code : 'MODEL_LOAD_FAILED' }
    }
  return health
}
