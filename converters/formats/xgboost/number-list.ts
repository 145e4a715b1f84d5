// Numbers one by one in; one table of doubles out.

export class NumberList {
  #values = new Float64Array(64)
  length = 0

  add(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Float64Array(this.length * 2)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[this.length++] = value
  }

  /** What was added so far, in a table of its own; the list is empty after it. */
  take(): Float64Array {
    const taken = this.#values.slice(0, this.length)
    this.length = 0
    return taken
  }
}
