// How far each feature has moved in, an SVG of bars with the customary bounds out.

import type { ColumnDrift } from './column-drift.ts'
import { escapeXml, plotColors } from '../../page/svg-plot.ts'

const width = 640
const nameWidth = 220
const lineHeight = 18
const top = 40

/** By the custom of credit scoring: below the first stable, above the second moved. */
const bounds = [0.1, 0.25] as const

/** The population stability index of each feature; a bar that would leave the plot ends at its edge, with its number. */
export function driftPlot(columns: readonly ColumnDrift[]): string {
  const most = Math.max(0.3, ...columns.map(({ psi }) => Math.min(psi, 1)))
  const room = width - nameWidth - 70
  const at = (psi: number): number => Number((nameWidth + (room * Math.min(psi, most)) / most).toFixed(1))
  const bottom = top + lineHeight * columns.length
  const bars = columns.map(({ feature, psi }, i) => {
    const y = top + lineHeight * i
    const color = psi >= bounds[1] ? plotColors.other : plotColors.model
    return (
      `<text x="${nameWidth - 8}" y="${y + 12}" text-anchor="end" fill="#1f2328">${escapeXml(feature)}</text>` +
      `<rect x="${nameWidth}" y="${y + 3}" width="${Number((at(psi) - nameWidth).toFixed(1))}" height="${lineHeight - 6}" fill="${color}"/>` +
      `<text x="${at(psi) + 5}" y="${y + 12}" fill="#57606a">${psi.toFixed(3)}</text>`
    )
  })
  const guides = bounds.map(
    (bound) =>
      `<line x1="${at(bound)}" x2="${at(bound)}" y1="${top}" y2="${bottom}" stroke="${plotColors.guide}" stroke-dasharray="4 3"/>` +
      `<text x="${at(bound)}" y="${bottom + 14}" text-anchor="middle" fill="#57606a">${bound}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 24}" width="${width}" height="${bottom + 24}" role="img" aria-label="Population stability index" font-family="system-ui, sans-serif" font-size="11">
<rect width="${width}" height="${bottom + 24}" fill="#ffffff"/>
<text x="8" y="18" font-size="13" font-weight="600" fill="#1f2328">Population stability index against training rows</text>
${[...guides, ...bars].join('\n')}
</svg>
`
}
