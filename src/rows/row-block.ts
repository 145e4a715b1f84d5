// The rows that go through a region at once: what a block function reads and fills.

/** Row-major; as long as `blockRows` rows of the region's inputs and of its results. */
export type Block = { readonly input: Float64Array; readonly output: Float64Array; readonly blockRows: number }

/** Computes the first `rowCount` rows of its block; allocates nothing. */
export type BlockFunction = (rowCount: number) => void
