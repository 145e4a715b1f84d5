// Measured runs in, what a run of so many rows costs out: a fixed part and a part per row, by least squares.

/** A run of n rows takes `fixedMs + n · perRowMs`. */
export type LearnedCost = { readonly fixedMs: number; readonly perRowMs: number }

/** Runs of about one size (1, 2, 3–4, 5–8, … rows) as one point: their mean rows and milliseconds. */
type SizeClass = { rows: number; ms: number; runCount: number; lastRun: number; wasOdd: boolean }

/** Weight of the newest run of a class: the last ten or so decide, so that a model that became slow is noticed. */
const newestWeight = 0.2

/** The first runs of a class compile and warm caches; of so many the fastest counts, after that their mean. */
const warmingRuns = 4

/** Noise only ever makes a run longer, so one that takes more than so many times its class counts as that many. */
const longestOutlier = 2

/**
 * Two runs of a class in a row that differ from it by that factor, and by so much, are no noise but another model or
 * machine: then what other classes took no longer holds either, and all is learned anew.
 */
const notableMs = 1

/**
 * After so many runs a class that none of them was of counts half: what is no longer run may no longer hold. It never
 * counts nothing: where all runs have one size, only an old one tells the parts apart.
 */
const staleRuns = 128
const leastFreshness = 1e-6

/** Shorter times are what the clock happened to say: browsers round theirs to 5 µs and more. */
const resolutionMs = 0.005

export class RunCost {
  readonly #classOf: (SizeClass | undefined)[] = new Array<SizeClass | undefined>(33)
  readonly #classes: SizeClass[] = []
  #runCount = 0
  #fit: LearnedCost | undefined
  #isFitted = true

  /** Runs that were measured so far. */
  get runCount(): number {
    return this.#runCount
  }

  /** One run that gave answers; one that failed says nothing of the next. */
  record(rowCount: number, runMs: number): void {
    this.#isFitted = false
    this.#runCount++
    const index = 32 - Math.clz32(rowCount - 1)
    const seen = this.#classOf[index]
    if (seen === undefined) {
      this.#add(index, rowCount, runMs)
      return
    }
    const likelyMs = seen.ms * Math.max(1, rowCount / seen.rows)
    const isOdd = Math.abs(runMs - likelyMs) > notableMs && !isWithin(longestOutlier, runMs, likelyMs)
    if (isOdd && seen.wasOdd) {
      this.#classes.length = 0
      this.#classOf.fill(undefined)
      this.#add(index, rowCount, runMs)
      return
    }
    seen.wasOdd = isOdd
    seen.lastRun = this.#runCount
    if (++seen.runCount > warmingRuns) {
      seen.rows += newestWeight * (rowCount - seen.rows)
      seen.ms += newestWeight * (Math.min(runMs, longestOutlier * Math.max(likelyMs, resolutionMs)) - seen.ms)
    } else if (runMs * seen.rows < seen.ms * rowCount) {
      seen.rows = rowCount
      seen.ms = runMs
    }
  }

  #add(index: number, rows: number, ms: number): void {
    const added = { rows, ms, runCount: 1, lastRun: this.#runCount, wasOdd: false }
    this.#classOf[index] = added
    this.#classes.push(added)
  }

  /** Undefined until runs of sizes that differ at least twofold were measured: fewer cannot tell the parts apart. */
  get learned(): LearnedCost | undefined {
    if (!this.#isFitted) {
      this.#fit = this.#hasSpread() ? this.#leastSquares() : undefined
      this.#isFitted = true
    }
    return this.#fit
  }

  /** What a run of `rowCount` rows takes; before its parts are known, what the largest so far took; 0 before any. */
  runMs(rowCount: number): number {
    const cost = this.learned
    if (cost !== undefined) return cost.fixedMs + rowCount * cost.perRowMs
    return this.#largest()?.ms ?? 0
  }

  /** What a row takes in the largest runs so far; undefined before any. */
  get msPerRow(): number | undefined {
    const largest = this.#largest()
    return largest === undefined ? undefined : largest.ms / largest.rows
  }

  #largest(): SizeClass | undefined {
    let largest: SizeClass | undefined
    for (const each of this.#classes) if (largest === undefined || each.rows > largest.rows) largest = each
    return largest
  }

  #hasSpread(): boolean {
    let least = Infinity
    let most = 0
    for (const { rows } of this.#classes) {
      if (rows < least) least = rows
      if (rows > most) most = rows
    }
    return most >= 2 * least
  }

  /** Weighted by 1/ms²: noise grows with the time of a run, and small runs, which tell the fixed part, must count. */
  #leastSquares(): LearnedCost {
    let [w, wn, wt, wnn, wnt] = [0, 0, 0, 0, 0]
    for (const { rows, ms, lastRun } of this.#classes) {
      const scale = Math.max(ms, resolutionMs)
      const freshness = Math.max(leastFreshness, 2 ** ((lastRun - this.#runCount) / staleRuns))
      const weight = freshness / (scale * scale)
      w += weight
      wn += weight * rows
      wt += weight * ms
      wnn += weight * rows * rows
      wnt += weight * rows * ms
    }
    const perRowMs = (w * wnt - wn * wt) / (w * wnn - wn * wn)
    if (!(perRowMs > 0)) return { fixedMs: wt / w, perRowMs: 0 }
    const fixedMs = (wt - perRowMs * wn) / w
    return fixedMs > 0 ? { fixedMs, perRowMs } : { fixedMs: 0, perRowMs: wnt / wnn }
  }
}

function isWithin(factor: number, a: number, b: number): boolean {
  return a <= factor * b && b <= factor * a
}
