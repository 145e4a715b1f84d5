// What happens to backends of a model, told as it happens: for logs.

import type { BackendName } from '../port.ts'

export type BackendEvent =
  /** It is there, and answers the check rows wrongly or does not get through them. */
  | { readonly kind: 'disqualified'; readonly name: BackendName; readonly reason: string }
  /** A serving model goes on elsewhere. */
  | { readonly kind: 'moved'; readonly from: BackendName; readonly to: BackendName; readonly why: string }
  /** A serving model had to go on elsewhere, and nothing else is there and right. */
  | { readonly kind: 'stranded'; readonly name: BackendName; readonly cause: unknown }
  /** Its host was lost so often, or cannot be made anew, that it serves nothing until it is tried again. */
  | { readonly kind: 'out'; readonly name: BackendName; readonly cause: string }
  /** The backend lost its host process or device and came back by itself. */
  | { readonly kind: 'restarted'; readonly name: BackendName; readonly count: number; readonly reason: string }

export type OnBackendEvent = (event: BackendEvent) => void
