// Rows of cells in, lines with aligned columns out.

export type TextTable = {
  readonly header?: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Columns to align to the right: numbers. */
  readonly right?: readonly number[]
  readonly indent?: string
}

/** Cells are plain text: colours would count as width. */
export function textTable({ header, rows, right = [], indent = '' }: TextTable): string {
  const lines = header === undefined ? rows : [header, ...rows]
  const widths: number[] = []
  for (const line of lines)
    line.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    })
  const format = (line: readonly string[]): string =>
    `${indent}${line.map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ')}`.trimEnd()
  return lines.map((line) => `${format(line)}\n`).join('')
}
