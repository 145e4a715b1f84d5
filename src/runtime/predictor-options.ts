// What a predictor is given by its owner: loadModel, or the registry's model that it belongs to.

import type { ModelSchema } from '../artifact/schema.ts'
import type { Publish } from '../observe/channels.ts'
import type { HealthReason } from '../observe/health.ts'
import type { RequestLog } from '../observe/request-log.ts'
import type { ModelStats } from '../observe/stats.ts'
import type { Fallback } from '../resilience/fallback.ts'
import type { RowReader } from '../rows/read-row.ts'
import type { ClosingGate } from './closing-gate.ts'
import type { Engine } from './engine.ts'
import type { SlotState } from './model-slot.ts'
import type { Platform } from './platform.ts'
import type { EngineState } from './request.ts'
import type { Routing } from './routing.ts'
import type { SharedCache } from './shared-cache.ts'

export type ModelPredictorOptions = {
  readonly name: string
  /** The engine that answers now; asked once a request, so that a swap takes effect at the next one. */
  readonly state: () => SlotState
  /** The same for those who only look; asking it changes no turn of a split. @default `state` */
  readonly current?: () => SlotState
  /** Shares and shadow of the moment, where the predictor follows the active version. */
  readonly routing?: () => Routing | undefined
  readonly fallbackFor: (state: EngineState) => Fallback | undefined
  /** Reads rows while there is no engine; undefined where no schema is known. */
  readonly readerWithoutModel?: RowReader
  readonly schemaWithoutModel?: ModelSchema
  readonly cache: SharedCache | undefined
  readonly stats: ModelStats
  /** Whether it is of one version or alias: then its health counts the rows of that version alone. */
  readonly isPinned?: boolean
  /** Every engine of the model that answers somewhere. @default the one of `current` */
  readonly engines?: () => readonly Engine[]
  /** Undefined where nobody reads it. */
  readonly log?: RequestLog
  readonly platform: Platform
  readonly publish: Publish
  readonly latencyTargetMs?: number
  /** What its owner knows to be wrong with the model, though it answers. */
  readonly notes?: () => readonly HealthReason[]
  /** Ends waits for rules when its owner closes. @default one that the predictor's own close shuts */
  readonly gate?: ClosingGate
  /** Called once by the first close. */
  readonly onClose: () => Promise<void>
}
