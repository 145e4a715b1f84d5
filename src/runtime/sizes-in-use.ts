// Row counts of batches as they run in; the few sizes that stand for all of them out.

export class SizesInUse {
  /** Bit k: a batch of more than 2^(k−1) and at most 2^k rows has run. */
  #powers = 0
  #largest = 0

  record(rowCount: number): void {
    this.#powers |= 1 << (32 - Math.clz32(rowCount - 1))
    if (rowCount > this.#largest) this.#largest = rowCount
  }

  /** Smallest first: for each size that has run a power of two that is not smaller, or the largest size there was. */
  get sizes(): readonly number[] {
    const sizes: number[] = []
    for (let power = 0; power < 31; power++)
      if ((this.#powers & (1 << power)) !== 0) sizes.push(Math.min(1 << power, this.#largest))
    return sizes
  }
}
