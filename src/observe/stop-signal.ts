// A reason to stop in, whoever listens told once, out: the part of an AbortSignal that this library reads, and a light one.

type OnAbort = (event: { readonly target: unknown }) => void

/** Every AbortSignal is one. */
export interface StopSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: OnAbort): void
  removeEventListener(type: 'abort', listener: OnAbort): void
}

/**
 * Signal and controller in one, for one listener of each watch: each request that misses the cache makes one, and an
 * AbortController is a whole event target.
 */
export class Stop implements StopSignal {
  aborted = false
  reason: unknown = undefined
  readonly #listeners: OnAbort[] = []

  addEventListener(_type: 'abort', listener: OnAbort): void {
    this.#listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: OnAbort): void {
    const index = this.#listeners.indexOf(listener)
    if (index >= 0) this.#listeners.splice(index, 1)
  }

  /** A second call does nothing. */
  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    for (const listener of this.#listeners.splice(0)) listener({ target: this })
  }
}
