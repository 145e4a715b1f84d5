// Public exports of `tfjs-serving/monitoring`, nothing else.

export { driftRule, driftValues, performanceValues } from './alert-values.ts'
export {
  type AlertEvent,
  type AlertOptions,
  type AlertRule,
  type Alerts,
  type AlertSeverity,
  createAlerts,
} from './alerts.ts'
export type { CalibrationBin } from './calibration-bins.ts'
export {
  createDriftMonitor,
  type DriftFinding,
  type DriftMonitor,
  type DriftMonitorOptions,
  type DriftReport,
} from './drift-monitor.ts'
export type { DriftFeature } from './drift-reading.ts'
export { type DriftReference, type ReferenceOptions, summarizeReference } from './drift-reference.ts'
export {
  type Comparison,
  createExperiment,
  type Experiment,
  type ExperimentOptions,
  type ExperimentReport,
  type ExperimentTest,
} from './experiment.ts'
export { type Horizon, outcomesNeeded } from './fixed-horizon-test.ts'
export { holmAdjusted } from './holm.ts'
export type { Interval } from './interval.ts'
export { type KsTest, kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
export { createPerformanceMonitor, type PerformanceMonitor } from './performance-monitor.ts'
export type { PerformanceMonitorOptions } from './performance-options.ts'
export type { PerformanceCounts, PerformanceReport } from './performance-report.ts'
export { populationStability } from './population-stability.ts'
export {
  type PredictionObserver,
  type Predicts,
  type WatchedPredictor,
  watchPredictor,
} from './prediction-observer.ts'
export type { Calibration, Measured } from './scored-labels.ts'
export { createSeededRandom, type SeededRandom } from '../rows/seeded-random.ts'
export type { DifferenceTest } from './sequential-test.ts'
export {
  type ChannelSource,
  createShadowComparison,
  type ShadowAgreement,
  type ShadowComparison,
} from './shadow-comparison.ts'
export { stableHash } from './stable-hash.ts'
