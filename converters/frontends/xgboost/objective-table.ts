// Name of an XGBoost objective in; how its base score becomes a margin, and how margins become answers, out.

import type { RecordReader } from './record-reader.ts'

export type Objective = {
  /**
   * What `base_score`, which stands in the file as an answer, goes through to become a margin: ProbToMargin in
   * src/objective of XGBoost 3.4. `logit`: −log(1 / x − 1).
   */
  readonly base: 'identity' | 'logit' | 'log'
  /**
   * What a margin goes through to become an answer (PredTransform there). `step`: class 1 where the margin is above 0, and
   * its probability is 0 or 1.
   */
  readonly answer: 'value' | 'exp' | 'sigmoid' | 'step' | 'softmax'
}

const value: Objective = { base: 'identity', answer: 'value' }
const positive: Objective = { base: 'log', answer: 'exp' }

const objectives: Readonly<Record<string, Objective>> = {
  'reg:squarederror': value,
  // Its name before 0.90, which 1.x still takes.
  'reg:linear': value,
  'reg:squaredlogerror': value,
  'reg:pseudohubererror': value,
  'reg:absoluteerror': value,
  'reg:quantileerror': value,
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
  const instead =
    name === 'reg:logistic'
      ? "It gives a probability as a value. The same trees with class and probability: booster.set_param({'objective': 'binary:logistic'}), and save again."
      : `Supported are ${objectiveNames.join(', ')}.`
  throw learner.unsupported(`objective ${JSON.stringify(name.slice(0, 60))}`, instead)
}

/** @throws FILE_CORRUPT where the margin is no finite number */
export function baseMargin(score: number, { base }: Objective, params: RecordReader): number {
  const margin = base === 'identity' ? score : base === 'log' ? Math.log(score) : -Math.log(1 / score - 1)
  if (Number.isFinite(margin)) return margin
  const expected = base === 'identity' ? 'finite' : base === 'log' ? 'above 0' : 'between 0 and 1'
  throw params.corrupt('base_score', expected, String(score))
}
