// Runs that have ended in; what a number of rows will take out.

/** Weight of the newest run: the last ten or so decide. */
const newestWeight = 0.2

export type RowCost = {
  record(rowCount: number, runMs: number): void
  /** 0 before anything has run. */
  estimateMs(rowCount: number): number
}

export function createRowCost(): RowCost {
  let msPerRow: number | undefined
  return {
    record(rowCount, runMs) {
      if (rowCount === 0) return
      const newest = runMs / rowCount
      msPerRow = msPerRow === undefined ? newest : msPerRow + newestWeight * (newest - msPerRow)
    },
    estimateMs: (rowCount) => (msPerRow === undefined ? 0 : msPerRow * rowCount),
  }
}
