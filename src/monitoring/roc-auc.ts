// Rows from the surest yes to the surest no in, how well their order tells positives from negatives out: the area under ROC.

export type RankedRows = {
  readonly rowCount: number
  /** 0 or 1. [rowCount] */
  readonly truth: Uint8Array
  /** Falling. [rowCount] */
  readonly output: Float64Array
}

/** How often each row counts; every row once where it is absent. */
export type RowWeights = Int32Array | Uint8Array

/**
 * Chance that a positive stands before a negative, ties counting half: the Mann–Whitney statistic, as scikit-learn's
 * `roc_auc_score`. NaN where one class is absent.
 */
export function rocAuc(rows: RankedRows, weights?: RowWeights): number {
  let area = 0
  let before = 0
  const { positives, negatives } = visitTies(rows, weights, (tied) => {
    area += tied.negatives * (before + tied.positives / 2)
    before += tied.positives
  })
  return positives === 0 || negatives === 0 ? NaN : area / positives / negatives
}

export type Tied = { output: number; positives: number; negatives: number }

/** Calls `visit` once a distinct answer, with the same object each time: two thousand resamples come through here. */
export function visitTies(
  { rowCount, truth, output }: RankedRows,
  weights: RowWeights | undefined,
  visit: (tied: Readonly<Tied>) => void,
): { readonly positives: number; readonly negatives: number } {
  const tied: Tied = { output: NaN, positives: 0, negatives: 0 }
  let positives = 0
  let negatives = 0
  for (let i = 0; i < rowCount; ) {
    tied.output = output[i]
    tied.positives = 0
    tied.negatives = 0
    for (; i < rowCount && output[i] === tied.output; i++) {
      const weight = weights === undefined ? 1 : weights[i]
      if (truth[i] === 1) tied.positives += weight
      else tied.negatives += weight
    }
    positives += tied.positives
    negatives += tied.negatives
    visit(tied)
  }
  return { positives, negatives }
}
