// One row on its way through the stages, and what a stage is.

import type { Wanted } from '../batching/pending-job.ts'
import type { MLError } from '../errors.ts'
import type { StopSignal } from '../observe/stop-signal.ts'
import type { Span } from '../observe/tracing.ts'
import type { VersionStats } from '../observe/version-stats.ts'
import type { Prediction, Row } from '../rows/prediction.ts'
import type { Engine } from './engine.ts'
import type { PredictOptions } from './options.ts'

/** The model that a request is for: loaded, or the reason why it is not. */
export type EngineState =
  | { readonly kind: 'loaded'; readonly engine: Engine }
  | { readonly kind: 'failed'; readonly error: MLError }

export type PredictionRequest = {
  /** As the caller gave it; rules read it. */
  readonly row: Row
  /** Position in the caller's batch, for errors. */
  readonly rowIndex: number | undefined
  readonly options: PredictOptions
  /** The caller's, joined with the deadline where there is one. */
  signal: StopSignal | undefined
  /** Time of the clock at which the request ends; Infinity without a timeoutMs of its own. */
  deadlineAtMs: number
  /** How long callers who share the answer want it: no run of it begins that would be too late for all of them. */
  wanted: Wanted | undefined
  /** Fixed when the request starts, so that a swap never mixes versions within it. */
  state: EngineState
  /** Of the version that has the row. */
  readonly stats: VersionStats
  /** Of the call that the row belongs to; undefined where nobody records it. */
  span: Span | undefined
  /** Set once the row was read: one float64 a feature. */
  canonical: Float64Array
}

/** Gives the answer to one request, or rejects: with an MLError, or with `signal.reason` untouched. */
export type Handler = (request: PredictionRequest) => Promise<Prediction>

/** Wraps what comes after it. */
export type Stage = (next: Handler) => Handler

/** The request's state behind the stage that refuses where no model is loaded. */
export function loaded({ state }: PredictionRequest): EngineState & { kind: 'loaded' } {
  if (state.kind === 'loaded') return state
  throw state.error
}
