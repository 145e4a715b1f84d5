// Names with an amount each in, an SVG of horizontal bars out.

import { escapeXml, plotColors } from '../../../src/page/svg-plot.ts'

export type Bar = { readonly name: string; readonly amount: number; readonly text: string; readonly isMarked?: boolean }

const width = 640
const nameWidth = 210
/** For the text behind the longest bar. */
const textWidth = 150
const lineHeight = 20
const top = 34
/** Letters of a name that fit before the bars. */
const nameLetters = 34

/** Bars are as long as their share of the largest; marked ones have the other colour. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(1, ...bars.map(({ amount }) => amount))
  const height = top + lineHeight * bars.length + 8
  const lines = bars.map(({ name, amount, text, isMarked = false }, index) => {
    const y = top + lineHeight * index
    const length = Number((((width - nameWidth - textWidth) * amount) / most).toFixed(1))
    return (
      `<text x="${nameWidth - 8}" y="${y + 13}" text-anchor="end" fill="#1f2328">${escapeXml(shortened(name))}</text>` +
      `<rect x="${nameWidth}" y="${y + 3}" width="${length}" height="${lineHeight - 6}" fill="${isMarked ? plotColors.other : plotColors.model}"/>` +
      `<text x="${nameWidth + length + 6}" y="${y + 13}" fill="#57606a">${escapeXml(text)}</text>`
    )
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}" font-family="system-ui, sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="8" y="18" font-size="13" font-weight="600" fill="#1f2328">${escapeXml(title)}</text>
${lines.join('\n')}
</svg>
`
}

function shortened(name: string): string {
  const letters = [...name]
  return letters.length <= nameLetters ? name : `${letters.slice(0, nameLetters - 1).join('')}…`
}
