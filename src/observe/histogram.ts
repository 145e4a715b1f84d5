// Durations in, percentiles with a stated relative error out: log-spaced buckets of fixed memory (9 KiB once anything was recorded).

/** Buckets per power of two: neighbours differ by at most 1/32, and their middle from any value in them by half of it. */
const subBucketBits = 5

/** 2⁻¹³ ms = 0.12 µs, below what a clock resolves; smaller values count into the first bucket. */
const lowestExponent = -13

/** 2²³ ms = 2.3 hours, beyond any latency worth telling apart; larger values count into the last bucket. */
const highestExponent = 23

const highestValue = 2 ** highestExponent

const bucketCount = (highestExponent - lowestExponent) << subBucketBits

/** Upper bound of |percentile − exact| ÷ exact between the lowest and the highest bucket. */
export const histogramRelativeError = 1 / (2 << subBucketBits)

/** Exponent and leading mantissa bits of 2^lowestExponent in the upper half of a float64. */
const firstBucket = (lowestExponent + 1023) << subBucketBits

// A double's upper 32 bits, shifted, are its bucket: no logarithm in the hot path.
const scratchFloat = new Float64Array(1)
const scratchBits = new Uint32Array(scratchFloat.buffer)
const upperHalf = new Uint32Array(Float64Array.of(1).buffer)[1] === 0 ? 0 : 1

export type HistogramSummary = {
  readonly count: number
  readonly sum: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Exact. */
  readonly max: number
}

const noBuckets = new Float64Array(0)

export class Histogram {
  // float64 counts: a uint32 would wrap after a day at 50,000 records a second
  #buckets = noBuckets
  #count = 0
  #sum = 0
  #max = 0

  get count(): number {
    return this.#count
  }

  /** Counts a value, once or `times`; NaN and negative values count as 0, those beyond the last bucket as its upper edge. */
  record(value: number, times = 1): void {
    const positive = value > 0 ? (value < highestValue ? value : highestValue) : 0
    if (this.#buckets === noBuckets) this.#buckets = new Float64Array(bucketCount)
    this.#buckets[bucketOf(positive)] += times
    this.#count += times
    this.#sum += times * positive
    if (positive > this.#max) this.#max = positive
  }

  /** @returns the value that a share `quantile` (0…1) of all values does not exceed; 0 without values */
  percentile(quantile: number): number {
    if (this.#count === 0) return 0
    const wanted = Math.max(1, Math.ceil(quantile * this.#count))
    if (wanted >= this.#count) return this.#max
    let seen = 0
    for (let i = 0; i < bucketCount; i++) {
      seen += this.#buckets[i]
      if (seen >= wanted) return Math.min(middleOf(i), this.#max)
    }
    return this.#max
  }

  summary(): HistogramSummary {
    return {
      count: this.#count,
      sum: this.#sum,
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      p50: this.percentile(0.5),
      p95: this.percentile(0.95),
      p99: this.percentile(0.99),
      max: this.#max,
    }
  }

  /** Adds every value of `other`, as if it had been recorded here. */
  merge(other: Histogram): void {
    if (other.#count === 0) return
    if (this.#buckets === noBuckets) this.#buckets = new Float64Array(bucketCount)
    for (let i = 0; i < bucketCount; i++) this.#buckets[i] += other.#buckets[i]
    this.#count += other.#count
    this.#sum += other.#sum
    this.#max = Math.max(this.#max, other.#max)
  }

  reset(): void {
    if (this.#count === 0) return
    this.#buckets.fill(0)
    this.#count = 0
    this.#sum = 0
    this.#max = 0
  }
}

function bucketOf(value: number): number {
  scratchFloat[0] = value
  const bucket = (scratchBits[upperHalf] >>> (20 - subBucketBits)) - firstBucket
  return bucket < 0 ? 0 : bucket >= bucketCount ? bucketCount - 1 : bucket
}

function middleOf(bucket: number): number {
  const exponent = lowestExponent + (bucket >> subBucketBits)
  const step = bucket & ((1 << subBucketBits) - 1)
  return 2 ** exponent * (1 + (step + 0.5) / (1 << subBucketBits))
}
