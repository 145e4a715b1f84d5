// A source of models in; the three that matching asks, each with its rule, out.

import { createModelAnswers, type ModelAnswers, type ModelAnswersOptions } from './model-answers.ts'
import { interestModel, matcherModel, viewingModel } from './property-models.ts'

export type MatcherModels = {
  readonly match: ModelAnswers<'property_matcher_v3'>
  readonly interest: ModelAnswers<'property_interest_predictor_v2'>
  readonly viewing: ModelAnswers<'viewing_probability_predictor_v2'>
}

export function openMatcherModels(options: ModelAnswersOptions): MatcherModels {
  return {
    match: createModelAnswers(matcherModel, options),
    interest: createModelAnswers(interestModel, options),
    viewing: createModelAnswers(viewingModel, options),
  }
}
