// Work that uses something in; its results, and a promise that all of it is settled, out.

export class Leases {
  #count = 0
  #waiting: (() => void)[] = []

  /** Counts `work` as use until it is settled, and gives what it gives. */
  hold<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#count++
    const result = work()
    const release = (): void => this.#release()
    void result.then(release, release)
    return result
  }

  get isFree(): boolean {
    return this.#count === 0
  }

  settled(): Promise<void> {
    if (this.#count === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #release(): void {
    if (--this.#count > 0) return
    for (const notify of this.#waiting.splice(0)) notify()
  }
}
