// What an engine is made of, and what it reads of a request.

import type { Artifact } from '../artifact/artifact.ts'
import type { SelectedBackend } from '../backend/choice/select-backend.ts'
import type { BatchingOptions } from '../batching/batching-options.ts'
import type { Wanted } from '../batching/pending-job.ts'
import type { Publish } from '../observe/channels.ts'
import type { ModelStats } from '../observe/stats.ts'
import type { StopSignal } from '../observe/stop-signal.ts'
import type { Span } from '../observe/tracing.ts'
import type { PredictOptions, ResolvedServingOptions } from './options.ts'
import type { Platform } from './platform.ts'

/** What an engine reads of a request. */
export type EngineRow = {
  readonly canonical: Float64Array
  /** Position in the caller's batch; undefined for a row that came alone. */
  readonly rowIndex: number | undefined
  readonly signal: StopSignal | undefined
  readonly deadlineAtMs: number
  readonly wanted: Wanted | undefined
  readonly options: PredictOptions
  /** Of the call that the row belongs to. */
  readonly span?: Span | undefined
}

export type EngineOptions = {
  readonly artifact: Artifact
  readonly selected: SelectedBackend
  readonly serving: ResolvedServingOptions
  readonly platform: Platform
  readonly stats: ModelStats
  readonly publish: Publish
}

/** Without batching, predictBatch still feeds whole slices; only rows that come alone run alone. */
export function batchingOf({ batching }: ResolvedServingOptions): BatchingOptions {
  return batching === false ? {} : batching
}
