// What one training run found: plain JSON, kept in the lineage of the version, and all that its card is written from.

import type { Gate } from './judge/gates.ts'
import type { LatencyFacts } from './judge/latency.ts'
import type { Interval } from '../monitoring/interval.ts'
import type { Measures } from './metrics/measures.ts'
import type { Decision } from './training-config.ts'

/** Best reachable on the held-out rows, where the true probabilities are known. */
export type BestReachable = { readonly accuracy: number; readonly brier: number; readonly logLoss: number }

/** The best that one feature alone can do. */
export type ThresholdRecord = {
  readonly feature: string
  /** Null where no row is called yes, or every row. */
  readonly threshold: number | null
  readonly side: 'at least' | 'below'
  readonly auc: number
  /** On held-out rows; the threshold was chosen on the others. */
  readonly accuracy: number
}

/** On the rows of one fold, by the model that was not fitted on them. */
export type FoldRecord = {
  readonly rowCount: number
  readonly accuracy: number
  readonly rocAuc: number
  readonly brier: number
}

/** All that one run found of one version. */
export type RunRecord = {
  readonly name: string
  readonly version: string
  readonly framework: string
  readonly estimator: string
  readonly data: {
    readonly file: string
    readonly origin: 'real' | 'synthetic' | 'mixed'
    readonly description: string
    readonly sha256: string
    readonly rowCount: number
    readonly trainRowCount: number
    readonly heldOutRowCount: number
    readonly sharedRowCount: number
    readonly featureCount: number
  }
  readonly split: string
  readonly seed: number
  readonly parameters: unknown
  readonly decision: Decision
  /** The artifact as it is served, on held-out rows. */
  readonly artifact: Measures
  /** Root of the mean squared difference of values and truth; models that give a value. */
  readonly rmse?: number
  /** The source framework's own answers on the same rows. */
  readonly source: Measures
  /** Answers for the rows to train on, each by a model that was not fitted on it. */
  readonly outOfFold: Measures
  readonly folds: readonly FoldRecord[]
  readonly rule: { readonly name: string; readonly measures: Measures } | null
  readonly bestReachable: BestReachable | null
  /** Accuracy of always giving the commoner answer. */
  readonly majorityAccuracy: number
  /** Best first. */
  readonly thresholds: readonly ThresholdRecord[]
  /** Compared with the production version on the same rows; null where there was none. */
  readonly production: {
    readonly version: string
    readonly difference: number
    readonly interval: Interval
  } | null
  readonly bytes: { readonly artifact: number; readonly weights: number; readonly source: number }
  readonly parity: { readonly rowCount: number; readonly labelFlips: number; readonly largest: number } | null
  readonly latency: LatencyFacts
  readonly gates: readonly Gate[]
}
