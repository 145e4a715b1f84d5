// Leaf values that lie on an affine grid in, their integer codes out, so that trees are added up exactly.

/** How leaves were stored: value = fround(code · scale + min). */
export type LeafGrid = { readonly scale: number; readonly min: number }

/** Undefined where a value is not on the grid. */
export function leafCodes(values: Float64Array, { scale, min }: LeafGrid): Uint8Array | Uint16Array | undefined {
  const codes = new Uint16Array(values.length)
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const code = Math.round((values[i] - min) / scale)
    if (!(code >= 0 && code <= 0xffff) || Math.fround(code * scale + min) !== values[i]) return undefined
    codes[i] = code
    largest = Math.max(largest, code)
  }
  return largest > 0xff ? codes : Uint8Array.from(codes)
}
