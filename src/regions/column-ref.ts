// How a region names the columns it reads: which region before it, and which of that region's columns.

/** Column `column` of what region number `region` gives. Region 0 is the row itself. */
export type ColumnRef = { readonly region: number; readonly column: number }
