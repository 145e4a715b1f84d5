// Marks in data units and the ranges of two axes in, a self-contained SVG out.

export type Range = readonly [low: number, high: number]

export type Point = readonly [x: number, y: number]

export type Mark =
  | { readonly kind: 'line'; readonly points: readonly Point[]; readonly color: string; readonly dashed?: boolean }
  /** The area between two lines of the same x. */
  | {
      readonly kind: 'band'
      readonly upper: readonly Point[]
      readonly lower: readonly Point[]
      readonly color: string
    }
  | { readonly kind: 'dots'; readonly points: readonly Point[]; readonly color: string; readonly radius?: number }
  /** From x0 to x1, from 0 to y. */
  | {
      readonly kind: 'bars'
      readonly bars: readonly { readonly x0: number; readonly x1: number; readonly y: number }[]
      readonly color: string
    }
  /** Vertical intervals. */
  | {
      readonly kind: 'errors'
      readonly intervals: readonly { readonly x: number; readonly low: number; readonly high: number }[]
      readonly color: string
    }

export type Plot = {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly x: Range
  readonly y: Range
  readonly marks: readonly Mark[]
  readonly legend?: readonly { readonly text: string; readonly color: string }[]
  /** @default 420 */
  readonly width?: number
  /** @default 340 */
  readonly height?: number
}

export const plotColors = { model: '#1f6feb', other: '#d1730b', guide: '#8a8f98', band: '#1f6feb33' } as const

/** A dashed line to compare with. */
export function guideLine(from: Point, to: Point): Mark {
  return { kind: 'line', points: [from, to], color: plotColors.guide, dashed: true }
}

const margin = { left: 56, right: 14, top: 34, bottom: 46 } as const
const tickCount = 5

export function svgPlot(plot: Plot): string {
  const { title, xLabel, yLabel, x, y, marks, legend = [], width = 420, height = 340 } = plot
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom }
  const toX = (value: number): string => coordinate(margin.left + (inner.width * (value - x[0])) / (x[1] - x[0]))
  const toY = (value: number): string => coordinate(margin.top + inner.height * (1 - (value - y[0]) / (y[1] - y[0])))
  const [left, right, top, bottom] = [toX(x[0]), toX(x[1]), toY(y[1]), toY(y[0])]
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${margin.left}" y="18" font-size="13" font-weight="600" fill="#1f2328">${escapeXml(title)}</text>`,
  ]
  for (const tick of ticks(x)) {
    parts.push(`<line x1="${toX(tick)}" x2="${toX(tick)}" y1="${top}" y2="${bottom}" stroke="#e6e8eb"/>`)
    parts.push(
      `<text x="${toX(tick)}" y="${Number(bottom) + 15}" text-anchor="middle" fill="#57606a">${tickText(tick)}</text>`,
    )
  }
  for (const tick of ticks(y)) {
    parts.push(`<line x1="${left}" x2="${right}" y1="${toY(tick)}" y2="${toY(tick)}" stroke="#e6e8eb"/>`)
    parts.push(
      `<text x="${margin.left - 6}" y="${Number(toY(tick)) + 4}" text-anchor="end" fill="#57606a">${tickText(tick)}</text>`,
    )
  }
  for (const mark of marks) parts.push(markSvg(mark, toX, toY))
  parts.push(
    `<rect x="${left}" y="${top}" width="${inner.width}" height="${inner.height}" fill="none" stroke="#8a8f98"/>`,
  )
  parts.push(
    `<text x="${coordinate(margin.left + inner.width / 2)}" y="${height - 10}" text-anchor="middle" fill="#1f2328">${escapeXml(xLabel)}</text>`,
  )
  const middle = coordinate(margin.top + inner.height / 2)
  parts.push(
    `<text x="14" y="${middle}" text-anchor="middle" fill="#1f2328" transform="rotate(-90 14 ${middle})">${escapeXml(yLabel)}</text>`,
  )
  legend.forEach(({ text, color }, i) => {
    const at = margin.top + 14 + 15 * i
    parts.push(`<rect x="${margin.left + 8}" y="${at - 8}" width="10" height="10" fill="${color}"/>`)
    parts.push(`<text x="${margin.left + 23}" y="${at + 1}" fill="#1f2328">${escapeXml(text)}</text>`)
  })
  return `${parts.join('\n')}\n</svg>\n`
}

/** Also of characters that XML has no way to write. */
export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

type ToPlace = (value: number) => string

function markSvg(mark: Mark, toX: ToPlace, toY: ToPlace): string {
  const path = (points: readonly Point[]): string => points.map(([x, y]) => `${toX(x)},${toY(y)}`).join(' ')
  const { color } = mark
  switch (mark.kind) {
    case 'line':
      return `<polyline points="${path(mark.points)}" fill="none" stroke="${color}" stroke-width="1.6"${mark.dashed === true ? ' stroke-dasharray="4 3"' : ''}/>`
    case 'band':
      return `<polygon points="${path([...mark.upper, ...[...mark.lower].reverse()])}" fill="${color}"/>`
    case 'dots':
      return mark.points
        .map(([x, y]) => `<circle cx="${toX(x)}" cy="${toY(y)}" r="${mark.radius ?? 3.5}" fill="${color}"/>`)
        .join('\n')
    case 'bars':
      return mark.bars
        .map(({ x0, x1, y }) => {
          const [from, to, above, below] = [toX(x0), toX(x1), toY(y), toY(0)].map(Number)
          return `<rect x="${coordinate(from)}" y="${coordinate(above)}" width="${coordinate(to - from)}" height="${coordinate(below - above)}" fill="${color}"/>`
        })
        .join('\n')
    case 'errors':
      return mark.intervals
        .map(
          ({ x, low, high }) =>
            `<line x1="${toX(x)}" x2="${toX(x)}" y1="${toY(low)}" y2="${toY(high)}" stroke="${color}" stroke-width="1.4"/>`,
        )
        .join('\n')
    default:
      return mark satisfies never
  }
}

function ticks([low, high]: Range): number[] {
  return Array.from({ length: tickCount + 1 }, (_, i) => low + ((high - low) * i) / tickCount)
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** A tenth of a pixel: the same text on every machine. */
function coordinate(value: number): string {
  return String(Number(value.toFixed(1)))
}
