// Public exports of `tfjs-serving/monitoring`, nothing else.

export {
  createDriftMonitor,
  type DriftFinding,
  type DriftMonitor,
  type DriftMonitorOptions,
  type DriftReport,
} from './drift-monitor.ts'
export type { DriftFeature } from './drift-reading.ts'
export { type DriftReference, type ReferenceOptions, summarizeReference } from './drift-reference.ts'
export { holmAdjusted } from './holm.ts'
export type { Interval } from './interval.ts'
export { type KsTest, kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
export { populationStability } from './population-stability.ts'
export {
  type PredictionObserver,
  type Predicts,
  type WatchedPredictor,
  watchPredictor,
} from './prediction-observer.ts'
export { createSeededRandom, type Random } from './seeded-random.ts'
