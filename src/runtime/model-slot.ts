// What callers name, the active version or another by version or alias, in; what answers there now out.

import type { ModelSchema } from '../artifact/schema.ts'
import { createError } from '../errors.ts'
import type { ModelStats } from '../observe/stats.ts'
import type { Engine } from './engine.ts'
import type { Platform } from './platform.ts'
import type { EngineState } from './request.ts'
import { RetrySchedule } from './retry-schedule.ts'

/** A model that was unloaded to make room: the next request loads it again. */
export type Asleep = {
  readonly kind: 'asleep'
  readonly version: string
  readonly schema: ModelSchema
  readonly wake: () => Promise<void>
  /** What answers there at the moment, whoever would answer another request to the same name. */
  readonly current: () => SlotState
}

export type SlotState = EngineState | Asleep

/** A model that was unloaded again before its request came to it: as rare as a budget too small for one model. */
export function awakeState(asleep: Asleep, model: string): EngineState {
  const state = asleep.current()
  if (state.kind !== 'asleep') return state
  const error = createError(
    'MODEL_LOAD_FAILED',
    `${model} was unloaded to make room; ask again, or raise memoryBudgetBytes`,
  )
  return { kind: 'failed', error }
}

export type Slot = {
  /** Undefined for the active version. */
  readonly selector: string | undefined
  /** Of all versions of the model. */
  readonly stats: ModelStats
  readonly retry: RetrySchedule
  state: SlotState
  loading: Promise<void> | undefined
  /** Version that the folder last meant by the selector; a watch acts when it means another. */
  meantVersion: string | undefined
  /** Version that answers, or answered before it was unloaded: the one that comes back. */
  version: string | undefined
  /** Predictors that nobody has closed, and routings. */
  holderCount: number
  /** Settled once all changes begun so far have ended; it never rejects. */
  turn: Promise<void>
}

export function createSlot(
  model: string,
  selector: string | undefined,
  options: { readonly platform: Platform; readonly retryAfterMs: number; readonly stats: ModelStats },
): Slot {
  const { platform, retryAfterMs, stats } = options
  return {
    selector,
    stats,
    retry: new RetrySchedule(platform.clock, retryAfterMs),
    state: { kind: 'failed', error: createError('MODEL_LOAD_FAILED', `${model} is not loaded yet`) },
    loading: undefined,
    meantVersion: undefined,
    version: undefined,
    holderCount: 0,
    turn: Promise.resolve(),
  }
}

/** Makes a change once those begun before have ended, so that the last one asked for is the last one made. */
export function inTurn<Result>(place: { turn: Promise<void> }, change: () => Promise<Result>): Promise<Result> {
  const result = place.turn.then(change)
  const done = (): void => undefined
  place.turn = result.then(done, done)
  return result
}

/** @returns the engine that answered there before, where it is another one */
export function fillSlot(slot: Slot, engine: Engine): Engine | undefined {
  const { state } = slot
  slot.state = { kind: 'loaded', engine }
  slot.version = engine.version
  return state.kind === 'loaded' && state.engine !== engine ? state.engine : undefined
}
