// The form in which every formula computes: one row of inputs in, one row of outputs filled.

/** Reads all of `input`, fills all of `output`, allocates nothing, and never throws: what has no value is NaN. */
export type RowFunction = (input: Float64Array, output: Float64Array) => void
