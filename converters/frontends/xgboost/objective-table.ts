// Name of an XGBoost objective in; how its base score becomes a margin, and how margins become answers, out.

import type { RecordReader } from './record-reader.ts'

export type Objective = {
  /**
   * What `base_score`, which stands in the file as an answer, goes through to become a margin: ProbToMargin in
   * src/objective of XGBoost 3.4. `logit`: −log(1 / x − 1). `rises`: what undoes the
   * answer of that name.
   */
  readonly base: 'identity' | 'logit' | 'log' | 'rises'
  /**
   * What a margin goes through to become an answer (PredTransform there). `step`: class 1 where the margin is above 0, and
   * its probability is 0 or 1. `share`: a value, the sigmoid of the margin.
   * `rises`: the first is the margin, each other one log(1 + exp(margin)) above the one before.
   */
  readonly answer: 'value' | 'exp' | 'share' | 'rises' | 'sigmoid' | 'step' | 'softmax'
}

const value: Objective = { base: 'identity', answer: 'value' }
const positive: Objective = { base: 'log', answer: 'exp' }

const objectives: Readonly<Record<string, Objective>> = {
  'reg:squarederror': value,
  // Its name before 0.90, which 1.x still takes.
  'reg:linear': value,
  'reg:squaredlogerror': value,
  'reg:logistic': { base: 'logit', answer: 'share' },
  'reg:pseudohubererror': value,
  'reg:absoluteerror': value,
  'reg:quantileerror': value,
  'reg:expectileerror': { base: 'rises', answer: 'rises' },
  'reg:gamma': positive,
  'reg:tweedie': positive,
  'count:poisson': positive,
  'survival:cox': positive,
  'survival:aft': positive,
  'rank:pairwise': value,
  'rank:ndcg': value,
  'rank:map': value,
  'binary:logistic': { base: 'logit', answer: 'sigmoid' },
  // Booster.predict gives the margin itself, which is `scores` here; the base score is a margin already.
  'binary:logitraw': { base: 'identity', answer: 'sigmoid' },
  'binary:hinge': { base: 'identity', answer: 'step' },
  'multi:softmax': { base: 'identity', answer: 'softmax' },
  'multi:softprob': { base: 'identity', answer: 'softmax' },
}

export const objectiveNames: readonly string[] = Object.keys(objectives)

/** @throws UNSUPPORTED for objectives that are not known, with what to do instead */
export function objectiveOf(name: string, learner: RecordReader): Objective {
  // Until 1.2 its base score was a probability (measured: 1.2.1 and 1.3.3 differ).
  if (name === 'binary:logitraw' && /^1\.[012]\./.test(learner.version)) return { base: 'logit', answer: 'sigmoid' }
  if (Object.hasOwn(objectives, name)) return objectives[name]
  throw learner.unsupported(
    `objective ${JSON.stringify(name.slice(0, 60))}`,
    `Supported are ${objectiveNames.join(', ')}.`,
  )
}

/**
 * One margin for each base score.
 * @throws FILE_CORRUPT where one is no finite number
 */
export function baseMargins(scores: Float64Array, { base }: Objective, params: RecordReader): Float64Array {
  const link = links[base]
  return scores.map((score, i) => {
    const margin = link.margin(score, i === 0 ? undefined : scores[i - 1])
    if (Number.isFinite(margin)) return margin
    throw params.corrupt('base_score', link.expected, String(score))
  })
}

type Link = { readonly margin: (score: number, before: number | undefined) => number; readonly expected: string }

const links: Readonly<Record<Objective['base'], Link>> = {
  identity: { margin: (score) => score, expected: 'finite' },
  log: { margin: Math.log, expected: 'above 0' },
  logit: { margin: (score) => -Math.log(1 / score - 1), expected: 'between 0 and 1' },
  rises: {
    margin: (score, before) => (before === undefined ? score : Math.log(Math.expm1(score - before))),
    expected: 'scores that rise',
  },
}
