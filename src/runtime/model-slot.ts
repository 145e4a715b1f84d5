// What callers name, the active version or another by version or alias, in; what answers there now out.

import type { ModelSchema } from '../artifact/schema.ts'
import { createError } from '../errors.ts'
import { createModelStats, type ModelStats } from '../observe/stats.ts'
import type { Platform } from './platform.ts'
import type { EngineState } from './request.ts'
import { RetrySchedule } from './retry-schedule.ts'

/** A model that was unloaded to make room: the next request loads it again. */
export type Asleep = {
  readonly kind: 'asleep'
  readonly version: string
  readonly schema: ModelSchema
  readonly wake: () => Promise<void>
}

export type SlotState = EngineState | Asleep

export type Slot = {
  /** Undefined for the active version. */
  readonly selector: string | undefined
  readonly stats: ModelStats
  readonly retry: RetrySchedule
  state: SlotState
  loading: Promise<void> | undefined
  /** Version that the folder last meant by the selector; a watch acts when it means another. */
  meantVersion: string | undefined
}

export function createSlot(
  model: string,
  selector: string | undefined,
  { platform, retryAfterMs }: { readonly platform: Platform; readonly retryAfterMs: number },
): Slot {
  return {
    selector,
    stats: createModelStats({ clock: platform.clock }),
    retry: new RetrySchedule(platform.clock, retryAfterMs),
    state: { kind: 'failed', error: createError('MODEL_LOAD_FAILED', `${model} is not loaded yet`) },
    loading: undefined,
    meantVersion: undefined,
  }
}
