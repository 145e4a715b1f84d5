// What a performance monitor reports, as plain JSON: how good a model has been lately, and which labels came to nothing.

import type { Calibration, Measured } from './scored-labels.ts'

/** Intervals are of 95 %. */
export type PerformanceReport = {
  /** In the window. */
  readonly labelled: number
  readonly isReady: boolean
  /** Decisions that came true. */
  readonly accuracy: Measured
  /** Of two classes and regressors, where both came true. */
  readonly auc?: Measured
  /** Where all scores are probabilities. */
  readonly brier?: Measured
  readonly calibration?: Calibration
  /** `missed` where even the upper end of the accuracy's interval is below the floor, `met` where the lower end is not. */
  readonly floor?: { readonly bound: number; readonly state: 'met' | 'unsure' | 'missed' }
  /** Since the beginning. */
  readonly counts: PerformanceCounts
}

/** What came of predictions and of labels. */
export type PerformanceCounts = {
  /** Predictions that wait for a label now. */
  readonly pending: number
  readonly labelled: number
  /** Labels of no prediction that waits: unknown, expired, dropped or labelled before. */
  readonly unmatched: number
  /** Predictions whose label did not come in time. */
  readonly expired: number
  /** Predictions dropped for newer ones. */
  readonly dropped: number
  /** Predictions whose request id came again before their label. */
  readonly replaced: number
  /** Predictions without a request id, which no label can find. */
  readonly unnamed: number
  /** Labels that are neither a class nor a number. */
  readonly unreadable: number
  /** Labels of a rule's answers: they say nothing of the model. */
  readonly ofRules: number
}
