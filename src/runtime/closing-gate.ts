// What callers wait for in; the same, ended by one error as soon as its owner closes, out.

/** Unlike a race with a promise that lives as long as its owner, it keeps nothing of what has settled. */
export class ClosingGate {
  readonly #waiting = new Set<(error: Error) => void>()
  #error: Error | undefined

  get isClosed(): boolean {
    return this.#error !== undefined
  }

  /** @throws what `close` was given */
  assertOpen(): void {
    if (this.#error !== undefined) throw this.#error
  }

  /** @throws what `close` was given; what `work` rejects with */
  pass<Result>(work: Promise<Result>): Promise<Result> {
    if (this.#error !== undefined) {
      // nobody hears of it any more
      work.catch(() => undefined)
      return Promise.reject(this.#error)
    }
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      const leave = (): void => void this.#waiting.delete(reject)
      void work.then(
        (result) => {
          leave()
          resolve(result)
        },
        (error: unknown) => {
          leave()
          reject(error as Error)
        },
      )
    })
  }

  /** A second call does nothing. */
  close(error: Error): void {
    if (this.#error !== undefined) return
    this.#error = error
    for (const reject of this.#waiting) reject(error)
    this.#waiting.clear()
  }
}
