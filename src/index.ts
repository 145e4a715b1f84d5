// Public exports of `tfjs-serving`, nothing else.

export type { ArtifactMetadata, CheckRows, Evaluation, TensorRecord } from './artifact/metadata.ts'
export type { FeatureSchema, ModelKind, ModelSchema, OutputName, Scalar } from './artifact/schema.ts'
export type { BackendOptions } from './backend/backend-options.ts'
export type { BackendFacts, BackendName } from './backend/port.ts'
export type { BatchingOptions } from './batching/batching-options.ts'
export type { CachingOptions, KeyvLike } from './cache/cache-port.ts'
export {
  ConversionError,
  type ErrorCode,
  errorTable,
  isMLError,
  MLError,
  ModelLoadError,
  ModelNotFoundError,
  ModelValidationError,
  PredictionError,
} from './errors.ts'
export type { Explanation, ExplainOptions } from './explain/explanation.ts'
export { channelNames } from './observe/channels.ts'
export type { Clock } from './observe/clock.ts'
export type { HealthReason, HealthStatus } from './observe/health.ts'
export type { Logger } from './observe/logger.ts'
export type { TracerProvider } from './observe/tracing.ts'
export type { ModelStatsSnapshot } from './observe/version-stats.ts'
export type { FallbackRule, FallbackRules } from './resilience/rules.ts'
export type { Answer, Prediction, PredictionSource, Row } from './rows/prediction.ts'
export { loadModel } from './runtime/load-model.ts'
export type { BatchingHealth, ModelHealth, VersionHealth } from './runtime/model-health.ts'
export type { ModelMap, ModelTypes } from './runtime/model-types.ts'
export { ProductionModelLoader } from './runtime/model-loader.ts'
export type {
  BackendChoice,
  LoadModelOptions,
  PredictOptions,
  RegistryOptions,
  ServingOptions,
} from './runtime/options.ts'
export type { ModelPerformance, PerformanceSummary } from './runtime/performance-summary.ts'
export type { Platform } from './runtime/platform.ts'
export { isPrediction, ModelPredictor } from './runtime/predictor.ts'
export { MLServiceRegistry } from './runtime/registry.ts'
export type { RegistryHealth } from './runtime/registry-health.ts'
export type { RoutingOptions, RoutingReport } from './runtime/routing.ts'
export type { MatrixAnswers, RunSyncOptions } from './runtime/run-matrix.ts'
export type { ServiceConfig } from './runtime/service-config.ts'
export { getMLRegistry, initializeMLRegistry } from './runtime/shared-registry.ts'
