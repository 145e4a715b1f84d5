// How the raw columns that a graph gives become labels, probabilities, scores or values; plain JSON.

import type { Scalar } from './schema.ts'

/**
 * One classification target. `raw` columns `[start, start + width)` belong to it.
 * - `identity`: raw is the class probabilities; with width 1, of the second class.
 * - `sigmoid`: width 1, p(second class) = 1 / (1 + exp(−scale · raw)).
 * - `softmax`: p = exp(raw) / Σ exp(raw).
 * - `ovr-sigmoid`: p = sigmoid(raw) per class, divided by their sum (scikit-learn's one-vs-rest).
 * - `each-sigmoid`: p = sigmoid(scale · raw) per class and no more; they need not add up to 1 (LightGBM's `multiclassova`).
 */
export type ClassifierTarget = {
  readonly classes: readonly Scalar[]
  readonly start: number
  readonly width: number
  readonly link: 'identity' | 'sigmoid' | 'softmax' | 'ovr-sigmoid' | 'each-sigmoid'
  /** Multiplies raw before the sigmoid. @default 1 */
  readonly scale?: number
  /** Which class an exact tie of two classes gives: sources differ. @default 'first' */
  readonly tie?: 'first' | 'second'
}

/** Raw columns `[start, start + width)`. */
export type ColumnRange = { readonly start: number; readonly width: number }

/** One target whose label, probabilities and scores regions have computed already. */
export type LabelTarget = {
  readonly classes: readonly Scalar[]
  /**
   * One column a class: the class of the largest. One column for two classes: the second where it is above `threshold`.
   * One column for any number of classes with `isIndex`: the number of the class.
   */
  readonly label: ColumnRange & {
    /** @default 0 */
    readonly threshold?: number
    readonly isIndex?: boolean
    /** Which class equal columns, or a column that is just the threshold, give. @default 'first' */
    readonly tie?: 'first' | 'second'
  }
  /** One column a class. */
  readonly probabilities?: ColumnRange
  /** As the source's decision_function has them. */
  readonly scores?: ColumnRange
}

/** Each class is an independent yes/no label. Raw columns begin with one a class: p = sigmoid(raw). */
export type MultilabelHead = {
  readonly kind: 'multilabel'
  readonly classes: readonly Scalar[]
  /** One column a class, whose label is 1 where it is above 0.5. @default the label is 1 where p > 0.5 */
  readonly label?: ColumnRange
  /** One column a class, as the source's decision_function has them. */
  readonly scores?: ColumnRange
}

export type Head =
  | {
      readonly kind: 'classifier'
      readonly targets: readonly ClassifierTarget[]
      /** True where the source has a decision function: raw is then also given as `scores`. */
      readonly hasScores: boolean
    }
  /** Labels, probabilities and scores stand in columns of their own: classifiers whose label is not that of the largest probability, clusters, outliers. */
  | { readonly kind: 'labels'; readonly targets: readonly LabelTarget[] }
  | MultilabelHead
  | { readonly kind: 'regressor'; readonly link: 'identity' | 'exp'; readonly targetCount: number }
  | { readonly kind: 'transformer'; readonly width: number }
