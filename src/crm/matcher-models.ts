// A source of models in; the three that matching asks, each with its rule, out.

import { createExplanations, type Explanations } from './explanations.ts'
import { createModelAnswers, type ModelAnswers, type ModelAnswersOptions } from './model-answers.ts'
import { interestModel, matcherModel, viewingModel } from './property-models.ts'

export type MatcherModels = {
  readonly match: ModelAnswers<'property_matcher_v3'>
  readonly interest: ModelAnswers<'property_interest_predictor_v2'>
  readonly viewing: ModelAnswers<'viewing_probability_predictor_v2'>
  readonly explanations: { readonly [Model in 'match' | 'interest' | 'viewing']: Explanations }
}

export function openMatcherModels(options: ModelAnswersOptions): MatcherModels {
  const explanationsOf = ({ name }: { readonly name: string }) =>
    createExplanations(name, options.clock, options.modelTimeoutMs)
  return {
    match: createModelAnswers(matcherModel, options),
    interest: createModelAnswers(interestModel, options),
    viewing: createModelAnswers(viewingModel, options),
    explanations: {
      match: explanationsOf(matcherModel),
      interest: explanationsOf(interestModel),
      viewing: explanationsOf(viewingModel),
    },
  }
}
