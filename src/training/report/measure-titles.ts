// How reports name each measure, and how its interval was found.

import type { Measure, MeasureName } from '../metrics/measures.ts'

export const measureTitles = {
  accuracy: 'accuracy',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
  rocAuc: 'ROC AUC',
  averagePrecision: 'average precision',
  brier: 'Brier score',
  logLoss: 'log loss',
  calibrationError: 'expected calibration error',
} as const satisfies Record<MeasureName, string>

export const methodTexts = {
  wilson: 'Wilson',
  bootstrap: 'bootstrap, 2,000 resamples',
  chance: 'what a perfectly calibrated model shows by chance',
} as const satisfies Record<Measure['method'], string>
