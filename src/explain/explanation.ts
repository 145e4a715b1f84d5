// What a caller asks of an explanation, and what an explanation says.

import type { Row } from '../rows/prediction.ts'

export type Explanation = {
  readonly model: string
  readonly version: string
  /**
   * - `tree-shap`: exact Shapley values of the trees, what a feature adds on average over all orders, where features not
   *   yet known follow the training rows down both branches (path-dependent TreeSHAP).
   * - `linear`: coefficient times distance from the reference row.
   * - `shapley`: exact Shapley values against the reference row.
   * - `sampled-shapley`: estimates of those, where more than 12 features differ from the reference row; they add up exactly.
   */
  readonly method: 'tree-shap' | 'linear' | 'shapley' | 'sampled-shapley'
  /**
   * Index of the raw output explained. The raw output is the margin (log-odds, or a class's score before the softmax) where
   * the model has one, the probability of the class where its trees vote with probabilities, and the value (its logarithm
   * where the model predicts exp(raw)) of a regressor.
   */
  readonly output: number
  /** The raw output of the average training row (tree-shap), of the reference row (all others). */
  readonly base: number
  /** base + Σ contributions: the raw output of the row. */
  readonly margin: number
  /** One a feature of the schema, in its order; 0 for features that the model does not use. */
  readonly contributions: readonly Contribution[]
}

export type Contribution = {
  readonly feature: string
  readonly contribution: number
  /** Of `sampled-shapley`: how far the estimate may be off, as a standard deviation. */
  readonly standardError?: number
}

export type ExplainOptions = {
  /** Index of the raw output to explain. @default the one of the class that the row gets, else 0 */
  readonly output?: number
  /**
   * What the row is compared with; trees by themselves need none.
   * @default a usual row: what scalers centre on and imputers fill in, else the median (of categories the most frequent)
   *   of the artifact's check rows
   */
  readonly reference?: Row
  /** Refuses names that the model does not have, in the row and in the reference. @default false */
  readonly strict?: boolean
  readonly signal?: AbortSignal
}
