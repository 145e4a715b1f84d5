// Nothing in; how much data training needs, how much it takes, and what is too good to be true out.

export const dataLimits = {
  /** Fewer rows fit noise. EnterpriseHub's minimum. */
  leastTrainRows: 1000,
  /** Of 200 rows an accuracy of 0.9 is known to ±0.04. EnterpriseHub's minimum. */
  leastHeldOutRows: 200,
  /** On each side of the split. EnterpriseHub's minimum, of the whole. */
  leastRowsOfClass: 100,
  /** A column that is mostly absent says more about who filled it in than about the row. */
  mostMissingShare: 0.5,
  /** Held-out rows that are also trained on measure memory; rows of counts repeat by chance, more rarely than this. */
  mostSharedRowShare: 0.01,
  /** A feature that orders the classes like this was written after the outcome, or is the outcome. */
  leakingAuc: 0.995,
  /** One threshold that is wrong on fewer than this share of the smaller class is another sign of the same. */
  leakingErrorShare: 0.02,
  /** A table is held in memory several times over. */
  byteLength: 512 * 1024 ** 2,
  /** A quote left open would make one record of the whole file. */
  lineLength: 1024 ** 2,
} as const
