// One column's reference and its latest values in; whether its distribution, or its share of missing values, has moved, out.

import type { Scalar } from '../artifact/schema.ts'
import { categoryIn, isMissing, numberIn } from './drift-reading.ts'
import { categoryCodes, type ReferenceColumn } from './drift-reference.ts'
import { fisherExact } from './fisher-exact.ts'
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
import { binCounts, populationStability, quantileEdges } from './population-stability.ts'

/** Deciles, as population stability is customarily taken. */
const binCount = 10

/** How two samples of a column compare, before the number of columns is corrected for. */
export type ColumnTest = {
  readonly method: 'ks-exact' | 'ks-limit' | 'fisher'
  /** Largest distance of the distribution functions; of categories, the largest distance of a share. */
  readonly statistic: number
  readonly p: number
  readonly psi: number
  /** Where the mean went; of categories, the share of `category`. */
  readonly direction: 'up' | 'down' | 'none'
  /** Of categories: the one that moved most; null for one that the schema, or the reference, hardly has. */
  readonly category?: Scalar | null
  /** Means of numbers; shares of `category`. */
  readonly reference: number
  readonly window: number
  readonly missing: { readonly reference: number; readonly window: number; readonly p: number }
}

export type DriftColumn = {
  readonly name: string
  /** Of its typed arrays, all made at once. */
  readonly byteLength: number
  readonly count: number
  push(value: unknown): void
  test(): ColumnTest
}

/** A ring of the latest `windowRows` values beside the reference. */
export function createDriftColumn(reference: ReferenceColumn, windowRows: number): DriftColumn {
  const compared = reference.kind === 'number' ? comparedNumbers(reference) : comparedCategories(reference)
  const ring = new Float64Array(windowRows)
  const scratch = new Float64Array(windowRows)
  let next = 0
  let count = 0
  return {
    name: reference.name,
    byteLength: ring.byteLength + scratch.byteLength + compared.byteLength,
    get count() {
      return count
    },
    push(value) {
      ring[next] = compared.encode(value)
      next = next + 1 === windowRows ? 0 : next + 1
      if (count < windowRows) count++
    },
    test() {
      let present = 0
      for (let i = 0; i < count; i++) if (!Number.isNaN(ring[i])) scratch[present++] = ring[i]
      const missing = count - present
      const total = compared.present + reference.missing
      return {
        ...compared.compare(scratch.subarray(0, present)),
        missing: {
          reference: share(reference.missing, total),
          window: share(missing, count),
          p: fisherExact(reference.missing, total, missing, count),
        },
      }
    },
  }
}

type Compared = {
  readonly byteLength: number
  /** Values of the reference that are not missing. */
  readonly present: number
  /** NaN for missing. */
  encode(value: unknown): number
  compare(values: Float64Array): Omit<ColumnTest, 'missing'>
}

function comparedNumbers({ sample }: ReferenceColumn & { kind: 'number' }): Compared {
  const sorted = Float64Array.from(sample).sort()
  const edges = quantileEdges(sorted, binCount)
  const then = binCounts(sorted, edges)
  const mean = meanOf(sorted)
  return {
    byteLength: sorted.byteLength,
    present: sorted.length,
    encode: numberIn,
    compare(values) {
      values.sort()
      const window = meanOf(values)
      return {
        ...kolmogorovSmirnov(sorted, values),
        psi: populationStability(then, binCounts(values, edges)),
        direction: directionOf(mean, window),
        reference: mean,
        window,
      }
    },
  }
}

/**
 * Each category against all others by Fisher's exact test, times their number (Bonferroni): right also for rare ones,
 * where a χ² of the whole table is not.
 */
function comparedCategories(column: ReferenceColumn & { kind: 'category' }): Compared {
  const { categories, dtype, otherCounts } = column
  const codeOf = categoryCodes(categories, otherCounts.length)
  const then = [...column.counts, ...otherCounts]
  const total = then.reduce((sum, count) => sum + count, 0)
  return {
    byteLength: 0,
    present: total,
    encode(value) {
      const category = categoryIn(value, dtype)
      return isMissing(category) ? NaN : codeOf(category)
    },
    compare(values) {
      const now = new Array<number>(then.length).fill(0)
      for (const code of values) now[code]++
      let moved = 0
      let p = 1
      let statistic = 0
      then.forEach((before, code) => {
        const distance = Math.abs(share(before, total) - share(now[code], values.length))
        const one = fisherExact(before, total, now[code], values.length)
        statistic = Math.max(statistic, distance)
        if (one < p) [p, moved] = [one, code]
      })
      const reference = share(then[moved], total)
      const window = share(now[moved], values.length)
      return {
        method: 'fisher',
        statistic: values.length === 0 || total === 0 ? 0 : statistic,
        p: Math.min(1, p * then.length),
        psi: populationStability(then, now),
        direction: directionOf(reference, window),
        category: categories[moved] ?? null,
        reference,
        window,
      }
    },
  }
}

function directionOf(reference: number, window: number): ColumnTest['direction'] {
  return window > reference ? 'up' : window < reference ? 'down' : 'none'
}

function share(count: number, total: number): number {
  return total === 0 ? 0 : count / total
}

function meanOf(values: Float64Array): number {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += (values[i] - mean) / (i + 1)
  return values.length === 0 ? NaN : mean
}
