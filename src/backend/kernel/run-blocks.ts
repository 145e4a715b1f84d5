// A matrix of rows and a kernel in; the kernel run block by block, and what it made of each handed on.

import type { KernelProgram } from './kernel-program.ts'

export type RowMatrix = {
  /** Row-major [rowCount, width]. */
  readonly rows: Float64Array | Float32Array
  readonly rowCount: number
  readonly width: number
}

/** Runs the rows block by block; `read` takes what the program has made of each. */
export function runBlocks(
  program: KernelProgram,
  { rows, rowCount, width }: RowMatrix,
  read: (from: number, blockRows: number) => void,
): void {
  for (let from = 0; from < rowCount; from += program.blockRows) {
    const blockRows = Math.min(program.blockRows, rowCount - from)
    program.rows.set(rows.subarray(from * width, (from + blockRows) * width))
    program.run(blockRows)
    read(from, blockRows)
  }
}
