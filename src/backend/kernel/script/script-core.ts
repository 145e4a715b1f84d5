// How the region that does the work is run in plain JavaScript.

/** Computes encoded columns, row-major [rowCount, width], into raw, row-major [rowCount, outputWidth]. */
export type ScriptCore = (columns: Float32Array, rowCount: number, raw: Float32Array) => void
