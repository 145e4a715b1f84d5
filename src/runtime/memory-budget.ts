// Loaded engines with their size and last use in; the least recently used ones unloaded when they pass a budget.

export type BudgetEntry = {
  readonly byteLength: number
  /** Turn of its last use: larger is later. */
  lastUse: number
  /** Takes it out of memory, once what runs on it has ended; a later use loads it again. */
  readonly unload: () => Promise<void>
}

/** What all models of a registry may hold; without a limit it only counts. */
export class MemoryBudget {
  readonly limitBytes: number
  readonly #entries = new Set<BudgetEntry>()
  #turn = 0
  #usedBytes = 0

  constructor(limitBytes = Infinity) {
    this.limitBytes = limitBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  get entryCount(): number {
    return this.#entries.size
  }

  /**
   * Counts what was just loaded and unloads, oldest use first, what no longer fits beside it. One that is larger than the
   * whole budget stays alone: it was asked for, and answers.
   */
  add(byteLength: number, unload: () => Promise<void>): BudgetEntry {
    const entry: BudgetEntry = { byteLength, lastUse: ++this.#turn, unload }
    this.#entries.add(entry)
    this.#usedBytes += byteLength
    while (this.#usedBytes > this.limitBytes && this.#entries.size > 1) {
      const oldest = this.#leastRecentlyUsed(entry)
      this.remove(oldest)
      // it reports its own failures; nobody waits for it, since the new model answers already
      void oldest.unload()
    }
    return entry
  }

  touch(entry: BudgetEntry): void {
    entry.lastUse = ++this.#turn
  }

  /** A second call does nothing. */
  remove(entry: BudgetEntry): void {
    if (this.#entries.delete(entry)) this.#usedBytes -= entry.byteLength
  }

  #leastRecentlyUsed(besides: BudgetEntry): BudgetEntry {
    let oldest: BudgetEntry | undefined
    for (const entry of this.#entries)
      if (entry !== besides && (oldest === undefined || entry.lastUse < oldest.lastUse)) oldest = entry
    // called with at least two entries
    return oldest as BudgetEntry
  }
}
