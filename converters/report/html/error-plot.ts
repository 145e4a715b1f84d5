// The errors of one tensor in, an SVG of their histogram out.

import { plotColors, svgPlot } from '../../../src/page/svg-plot.ts'
import type { ErrorHistogram } from '../../check/weight-errors.ts'

/** Errors are counted in units of a power of ten, so that the numbers at the axis stay short. */
export function errorPlot({ tensor, elementCount, most, counts }: ErrorHistogram): string {
  const power = Math.floor(Math.log10(most))
  const unit = 10 ** power
  const reach = Math.ceil((most / unit) * 2) / 2
  const width = (2 * most) / counts.length
  const bars = counts.map((y, bin) => ({ x0: (bin * width - most) / unit, x1: ((bin + 1) * width - most) / unit, y }))
  return svgPlot({
    title: tensor,
    xLabel: `stored − source, in units of 1e${power} (${elementCount} elements)`,
    yLabel: 'elements',
    x: [-reach, reach],
    y: [0, roundedUp(Math.max(...counts))],
    width: 340,
    height: 240,
    marks: [{ kind: 'bars', bars, color: plotColors.model }],
  })
}

/** To five ticks that are whole numbers of one or two digits and zeros. */
function roundedUp(count: number): number {
  const step = 5 * 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1)
  return Math.ceil(Math.max(1, count) / step) * step
}
