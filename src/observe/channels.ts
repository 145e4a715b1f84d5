// The events that the library publishes: channel names and their messages; publishing itself is injected at the rim.

import type { ErrorCode } from '../errors.ts'
import type { PredictionSource } from '../rows/prediction.ts'

/** Names for `diagnostics_channel.subscribe`; stable. */
export const channelNames = {
  prediction: 'tfjs-serving:prediction',
  batch: 'tfjs-serving:batch',
  fallback: 'tfjs-serving:fallback',
  breaker: 'tfjs-serving:breaker',
  shadow: 'tfjs-serving:shadow',
  cacheFault: 'tfjs-serving:cache-fault',
  modelLoaded: 'tfjs-serving:model-loaded',
  modelFailed: 'tfjs-serving:model-failed',
  modelUnloaded: 'tfjs-serving:model-unloaded',
} as const

export type Channel = keyof typeof channelNames

export type ChannelMessages = {
  readonly prediction: {
    readonly model: string
    /** That had the row, whether or not it gave the answer; null where none was loaded. */
    readonly version: string | null
    readonly latencyMs: number
    /** The caller's own. */
    readonly requestId?: string
    /** Where the answer came from; absent with `code`. */
    readonly source?: PredictionSource
    readonly code?: ErrorCode
  }
  readonly batch: {
    readonly model: string
    readonly version: string
    readonly rowCount: number
    /** Longest wait of a row. */
    readonly queueMs: number
    readonly encodeMs: number
    readonly runMs: number
    readonly decodeMs: number
  }
  readonly fallback: {
    readonly model: string
    readonly rule: string
    readonly reason: string
    readonly error?: unknown
  }
  readonly breaker: { readonly model: string; readonly from: BreakerPhase; readonly to: BreakerPhase }
  readonly shadow: {
    readonly model: string
    /** The shadow's. */
    readonly version: string
    /** Largest distance from what the model answered; absent with `code`. */
    readonly difference?: number
    readonly isSameLabel?: boolean
    readonly code?: ErrorCode
  }
  readonly cacheFault: {
    /** What began to fail, or to fail in another way: told once and not at every call. */
    readonly operation: 'get' | 'set' | 'connection' | 'decode' | 'encode' | 'revalidate' | 'close'
    readonly error: unknown
    /** What to do about it, where that is known. */
    readonly remedy?: string
  }
  readonly modelLoaded: { readonly model: string; readonly version: string; readonly loadMs: number }
  readonly modelFailed: { readonly model: string; readonly version: string | null; readonly error: unknown }
  readonly modelUnloaded: { readonly model: string; readonly version: string }
}

export type BreakerPhase = 'closed' | 'open' | 'half-open'

/** Hands one event to whoever listens; must not throw and must be cheap without listeners. */
export interface Publish {
  <Name extends Channel>(channel: Name, message: ChannelMessages[Name]): void
  /** Whether anyone listens, for messages that are made for each row or batch. @default always */
  readonly isHeard?: (channel: Channel) => boolean
}

export const silentPublish: Publish = () => {}

export function isHeard(publish: Publish, channel: Channel): boolean {
  return publish.isHeard === undefined || publish.isHeard(channel)
}
