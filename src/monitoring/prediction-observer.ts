// A predictor and what wants to see its traffic in; the same predictor's calls, each row and answer shown, out.

import type { Prediction, Row } from '../rows/prediction.ts'
import { wrongOption } from '../runtime/known-options.ts'
import type { PredictOptions } from '../runtime/options.ts'

/** Sees every row and what was answered; a drift or performance monitor is one. */
export interface PredictionObserver {
  observe(row: Row, prediction: Prediction | undefined, call?: { readonly requestId?: string }): void
}

/** What a `ModelPredictor` has, and whatever answers as it does. */
export interface Predicts {
  predict(row: Row, options?: PredictOptions): Promise<Prediction>
  predictBatch(rows: readonly Row[], options?: PredictOptions): Promise<readonly (Prediction | Error)[]>
  predictSync?(row: Row, options?: PredictOptions): Prediction
}

/** The calls of a predictor, shown to observers. */
export type WatchedPredictor<TPredictor extends Predicts> = {
  readonly predictor: TPredictor
  predict: TPredictor['predict']
  predictBatch: TPredictor['predictBatch']
  /** Where the predictor has it. */
  predictSync: TPredictor['predictSync']
  /** Times that an observer threw: its fault never reaches a caller. */
  readonly faults: number
}

/**
 * Shows observers what is answered; the predictor itself, its errors, its health and its own calls are as before.
 * @throws VALIDATION_FAILED for what is no predictor or no observer
 */
export function watchPredictor<TPredictor extends Predicts>(
  predictor: TPredictor,
  ...observers: readonly PredictionObserver[]
): WatchedPredictor<TPredictor> {
  if (typeof (predictor as Partial<Predicts> | undefined)?.predict !== 'function')
    throw wrongOption('predictor', 'a model that predicts', predictor)
  for (const observer of observers)
    if (typeof (observer as Partial<PredictionObserver> | undefined)?.observe !== 'function')
      throw wrongOption('observers', 'drift or performance monitors, or whatever has observe', observer)
  let faults = 0
  const show = (row: Row, prediction: Prediction, call: PredictOptions | undefined): void => {
    for (const observer of observers)
      try {
        observer.observe(row, prediction, call)
      } catch {
        faults++
      }
  }
  const predict: Predicts['predict'] = async (row, options) => {
    const prediction = await predictor.predict(row, options)
    show(row, prediction, options)
    return prediction
  }
  const predictBatch: Predicts['predictBatch'] = async (rows, options) => {
    const answers = await predictor.predictBatch(rows, options)
    answers.forEach((answer, i) => {
      // one request id names a whole batch, and no single row of it
      if (!(answer instanceof Error)) show(rows[i], answer, undefined)
    })
    return answers
  }
  const predictSync = (row: Row, options?: PredictOptions): Prediction => {
    // called on the predictor, which is there: the method is only handed out then
    const prediction = (predictor as Required<Predicts>).predictSync(row, options)
    show(row, prediction, options)
    return prediction
  }
  return {
    predictor,
    predict,
    predictSync: predictor.predictSync === undefined ? undefined : predictSync,
    // answers are handed on as they are, so that what the predictor promises of them holds
    predictBatch: predictBatch as TPredictor['predictBatch'],
    get faults() {
      return faults
    },
  }
}
