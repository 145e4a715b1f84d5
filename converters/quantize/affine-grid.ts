// Values in, an even grid of 2^bits steps out, and the grid's own arithmetic: code of a value, value of a code.

import { roundHalfEven } from '../../src/artifact/float16.ts'

export type AffineGrid = {
  readonly encoding: 'uint8' | 'uint16'
  readonly scale: number
  readonly min: number
}

const highestCode = { uint8: 255, uint16: 65535 } as const

/**
 * The grid that spans `values`, nudged so that 0 is exact where it lies between them, as TensorFlow.js' own writer does
 * (tfjs-converter quantization.py). Equal values give scale 1, so that they come back exactly.
 */
export function affineGrid(values: Float64Array, encoding: AffineGrid['encoding']): AffineGrid {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (values.length === 0) return { encoding, scale: 1, min: 0 }
  if (low === high) return { encoding, scale: 1, min: low }
  const scale = (high - low) / highestCode[encoding]
  if (low > 0 || high < 0) return { encoding, scale, min: low }
  return { encoding, scale, min: -roundHalfEven(-low / scale) * scale }
}

/** Number of the grid value nearest to `value`; ties go to the even code, values outside to the ends. */
export function codeOf(grid: AffineGrid, value: number): number {
  const code = roundHalfEven((value - grid.min) / grid.scale)
  return Math.min(highestCode[grid.encoding], Math.max(0, code))
}

/** What TensorFlow.js makes of a code: computed in double, stored as float32 (io_utils.ts decodeWeight). */
export function valueOfCode(grid: AffineGrid, code: number): number {
  return Math.fround(code * grid.scale + grid.min)
}

export function roundToGrid(grid: AffineGrid, value: number): number {
  return valueOfCode(grid, codeOf(grid, value))
}
