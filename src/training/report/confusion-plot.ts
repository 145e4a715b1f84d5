// The four counts of a decision in, an SVG of them out.

import type { Confusion } from '../metrics/confusion.ts'
import { countText } from './number-text.ts'
import { escapeXml } from '../../page/svg-plot.ts'

const side = 130

export function confusionPlot(
  counts: Confusion,
  { positive, negative }: { readonly positive: string; readonly negative: string },
): string {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts
  const total = truePositives + falsePositives + trueNegatives + falseNegatives
  const cells = [
    [trueNegatives, 0, 0, true],
    [falsePositives, 1, 0, false],
    [falseNegatives, 0, 1, false],
    [truePositives, 1, 1, true],
  ] as const
  const boxes = cells.map(([count, column, row, isRight]) => {
    const [x, y] = [100 + column * side, 60 + row * side]
    const opacity = (0.12 + 0.7 * (count / total)).toFixed(2)
    return (
      `<rect x="${x}" y="${y}" width="${side - 4}" height="${side - 4}" fill="${isRight ? '#1f6feb' : '#d1730b'}" fill-opacity="${opacity}"/>` +
      `<text x="${x + side / 2 - 2}" y="${y + side / 2 - 2}" text-anchor="middle" font-size="16" fill="#1f2328">${countText(count)}</text>` +
      `<text x="${x + side / 2 - 2}" y="${y + side / 2 + 16}" text-anchor="middle" fill="#1f2328">${((100 * count) / total).toFixed(1)} %</text>`
    )
  })
  const label = (x: number, y: number, text: string): string =>
    `<text x="${x}" y="${y}" text-anchor="middle" fill="#57606a">${escapeXml(text)}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 340" width="420" height="340" role="img" aria-label="Confusion" font-family="system-ui, sans-serif" font-size="11">
<rect width="420" height="340" fill="#ffffff"/>
<text x="56" y="18" font-size="13" font-weight="600" fill="#1f2328">Decided (across) and true (down)</text>
${label(100 + side / 2, 50, negative)}${label(100 + side * 1.5, 50, positive)}${label(50, 60 + side / 2, negative)}${label(50, 60 + side * 1.5, positive)}
${boxes.join('\n')}
</svg>
`
}
