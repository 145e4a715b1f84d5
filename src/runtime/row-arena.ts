// Widths in, fresh float64 rows out, cut from chunks: a typed array of its own costs far more.

/** 128 rows of 30 values are 30 KiB; a chunk lives as long as the longest-lived of its rows. */
const rowsPerChunk = 128

/** Takes a row that nobody else has or will get; it holds zeros. */
export type TakeRow = (width: number) => Float64Array

export function createRowArena(): TakeRow {
  let chunk = new Float64Array(0)
  let used = 0
  return (width) => {
    if (used + width > chunk.length) {
      chunk = new Float64Array(width * rowsPerChunk)
      used = 0
    }
    used += width
    return new Float64Array(chunk.buffer, (used - width) * Float64Array.BYTES_PER_ELEMENT, width)
  }
}
