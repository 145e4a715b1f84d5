// The states of a backend's host process, each with what belongs to it, and the steps between them that need no effects.

import type { MLError } from '../../errors.ts'
import type { Timer } from '../../observe/clock.ts'
import type { BackendFacts } from '../port.ts'
import type { HostConversation } from './host-conversation.ts'

export type HostState =
  /** No process; the next call starts one. */
  | { readonly kind: 'stopped' }
  /** Wanted; the one before it is still leaving, and may hold the device's memory. */
  | { readonly kind: 'waiting' }
  /** The process is there and was asked to open the backend. */
  | { readonly kind: 'starting'; readonly conversation: HostConversation }
  /** `linger` ends it, where nobody needs it. */
  | {
      readonly kind: 'running'
      readonly conversation: HostConversation
      readonly facts: BackendFacts
      readonly linger: Timer | undefined
    }
  /** No process until then, and whoever calls hears why; `retry` starts one for the models that need it. */
  | {
      readonly kind: 'ended'
      readonly error: MLError
      readonly untilMs: number
      readonly retry: Timer | undefined
    }

export const stopped: HostState = { kind: 'stopped' }

/** The state that a call meets: a refusal that is over is none. */
export function stateAt(state: HostState, nowMs: number): HostState {
  return state.kind === 'ended' && nowMs >= state.untilMs ? stopped : state
}

export function conversationOf(state: HostState): HostConversation | undefined {
  return state.kind === 'starting' || state.kind === 'running' ? state.conversation : undefined
}
