// What a process and the host process of one of its backends say to each other: plain values that structured cloning takes.

import type { Artifact } from '../../artifact/artifact.ts'
import type { RegionGraph } from '../../regions/region.ts'
import type { BackendOptions } from '../backend-options.ts'
import type { AnySlab, BackendFacts } from '../port.ts'

/** Backends that live in a process of their own. */
export type ForkedName = 'cuda' | 'webgpu' | 'native'

/** Backends that may live in threads of their own. */
export type ThreadedName = 'wasm' | 'cpu' | 'kernel'

/** Backends that are spoken to by this protocol. */
export type HostedName = ForkedName | ThreadedName

/** Given to the host process as its one argument, JSON. */
export type HostStart = { readonly name: ForkedName; readonly options: BackendOptions }

/** `model` is the parent's number for a loaded model; it stays the same when the host is made anew. */
export type HostRequest =
  | { readonly id: number; readonly kind: 'open' }
  | {
      readonly id: number
      readonly kind: 'load'
      readonly model: number
      readonly artifact: Artifact
      /** Verified regions to compute in place of the artifact's own. */
      readonly derived?: RegionGraph
    }
  | {
      readonly id: number
      readonly kind: 'run'
      readonly model: number
      /** Exactly rowCount · width values each. */
      readonly inputs: readonly AnySlab[]
      readonly rowCount: number
      readonly outputs: readonly { readonly name: string; readonly width: number }[]
    }
  | { readonly id: number; readonly kind: 'dispose'; readonly model: number }
  | { readonly id: number; readonly kind: 'tensorCount' }

/** What the requests give, in the order of their kinds: facts, a model's form, the outputs' values, nothing, a count. */
export type HostValue = BackendFacts | string | undefined | readonly Float32Array[] | number

export type HostReply =
  | { readonly id: number; readonly ok: true; readonly value: HostValue }
  | { readonly id: number; readonly ok: false; readonly error: HostError }
  /** The host's last words: it ends now, and a new one should take over. */
  | { readonly kind: 'lost'; readonly reason: string }

/** An MLError, flattened. */
export type HostError = {
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  /** Name and message of the error that caused it. */
  readonly cause?: string
}
