// Public exports of `tfjs-serving/training`, nothing else.

export type { Gate, GateName } from './judge/gates.ts'
export type { LatencyFacts } from './judge/latency.ts'
export {
  type BootstrapOptions,
  bootstrapIntervals,
  pairedAccuracyDifference,
  type PairedDifference,
} from './metrics/bootstrap.ts'
export { type CalibrationBin, calibrationBins, calibrationError } from '../monitoring/calibration-bins.ts'
export { accuracyOf, type Confusion, confusion, f1Of, precisionOf, recallOf } from './metrics/confusion.ts'
export { type Interval, wilsonInterval } from '../monitoring/interval.ts'
export { percentileInterval } from './metrics/percentile-interval.ts'
export { type Measure, measure, type MeasureName, type Measures } from './metrics/measures.ts'
export { brierScore, logLoss } from './metrics/probability-scores.ts'
export { rocAuc, type RowWeights } from '../monitoring/roc-auc.ts'
export { averagePrecision } from './metrics/ranking.ts'
export { type ScoredRows, scoredRows } from './metrics/scored-rows.ts'
export type {
  BestReachable,
  FoldRecord,
  RunRecord,
  ThresholdRecord,
} from './run-record.ts'
export {
  type HistoryEntry,
  type Lineage,
  type ModelState,
  type ModelStore,
  type ModelStoreOptions,
  openModelStore,
  type StoredVersion,
} from './store/model-store.ts'
export type { TrainedModel, Trainer, TrainingJob } from './trainer.ts'
export type {
  DataConfig,
  Decision,
  GateConfig,
  SplitConfig,
  TrainerConfig,
  TrainingConfig,
} from './training-config.ts'
export { evaluateModel, type EvaluateOptions } from './evaluate-model.ts'
export type { ColumnDrift } from './report/column-drift.ts'
export type { EvaluateResult } from './report/evaluation-report.ts'
export { rebuildArtifact, type RebuildOptions } from './rebuild-artifact.ts'
export { trainModel, type TrainOptions, type TrainProgress, type TrainResult } from './train-model.ts'
