// What a caller asks of a conversion, and what one gate measured; plain JSON.

/** Bounds of a conversion: beyond one of them nothing is written. */
export type Gates = {
  /** Of all files together: bytes, or a text such as `'300 KiB'`; `'30%'` is of the weights against their plain form. */
  readonly maxSize?: number | string
  /** Of the finished files on the evaluation rows. */
  readonly minAccuracy?: number
  /** How much of the source's accuracy may be lost on the evaluation rows: 0.001 is a tenth of a percent point. */
  readonly maxAccuracyLoss?: number
  /** As minAccuracy, for models that give values. */
  readonly minR2?: number
  /** Rows, of each set that is given, whose label differs from the source's; ties do not count. */
  readonly maxFlips?: number
  /** Between any probability, value or column of a vector and the source's, on all rows that are given. */
  readonly maxDifference?: number
}

export type GateName = keyof Gates

export type GateUnit = 'bytes' | 'share' | 'rows' | 'number'

/** What one gate measured. */
export type GateResult = {
  readonly gate: GateName
  readonly bound: number
  readonly measured: number
  readonly unit: GateUnit
  readonly isPassed: boolean
}
