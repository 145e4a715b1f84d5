// A table and two sets of its rows, or of another's, in; how far each feature has moved between them out.

import { binCounts, quantileEdges } from '../../monitoring/population-stability.ts'
import { holmAdjusted, kolmogorovSmirnov, populationStability } from '../../monitoring/index.ts'
import type { RowSplit } from '../table/split-rows.ts'
import { columnOf, type TrainingTable } from '../table/training-table.ts'

/** How far the values of one feature have moved. */
export type ColumnDrift = {
  readonly feature: string
  /** Population stability index over deciles of the first rows; custom calls 0.1 stable and 0.25 moved. */
  readonly psi: number
  /** Kolmogorov–Smirnov distance, 0 to 1. */
  readonly distance: number
  /** Of the distance, corrected for the number of features (Holm). */
  readonly p: number
}

/** Rows to train on that may be judged: those of other horizons, say, differ by being others. */
export function judgedTrainRows(table: TrainingTable, { trainRows }: Pick<RowSplit, 'trainRows'>): Int32Array {
  return trainRows.filter((row) => table.isJudged[row] === 1)
}

type Rows = { readonly table: TrainingTable; readonly rows: Int32Array }

const binCount = 10

export function columnDrift(then: Rows, now: Rows): ColumnDrift[] {
  const found = then.table.featureNames.map((feature, index) => {
    const [before, after] = [then, now].map(({ table, rows }) =>
      columnOf(table, index, rows)
        .filter((value) => !Number.isNaN(value))
        .sort(),
    )
    const edges = quantileEdges(before, binCount)
    const { statistic, p } = kolmogorovSmirnov(before, after)
    return {
      feature,
      psi: populationStability(binCounts(before, edges), binCounts(after, edges)),
      distance: statistic,
      p,
    }
  })
  const adjusted = holmAdjusted(found.map(({ p }) => p))
  return found.map((each, i) => ({ ...each, p: adjusted[i] }))
}
