// Series of points over two logarithmic axes in, a small SVG out that reads on light and dark pages.

const [width, height] = [640, 360]
const edge = { left: 64, right: 168, top: 36, bottom: 46 }
const ink = '#6b7280'
const palette = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f', '#475569']

/**
 * `{ title, xLabel, yLabel, guide?, series: [{ name, points: [[x, y], …] }] }`; `guide` is a value of y with a line of its own.
 * Points that are no number are left out.
 */
export function linePlot({ title, xLabel, yLabel, guide, series }) {
  const lines = series
    .map(({ name, points }, i) => ({ name, color: palette[i % palette.length], points: points.filter(isPoint) }))
    .filter(({ points }) => points.length > 0)
  const all = lines.flatMap(({ points }) => points)
  if (all.length === 0) return undefined
  const x = axis(
    all.map((point) => point[0]),
    edge.left,
    width - edge.right,
  )
  const y = axis(
    [...all.map((point) => point[1]), ...(guide === undefined ? [] : [guide])],
    height - edge.bottom,
    edge.top,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="${ink}">`,
    `<text x="${edge.left}" y="20" font-size="14" font-weight="600">${escape(title)}</text>`,
    ...[...new Set(lines.flatMap(({ points }) => points.map((point) => point[0])))].map((value) => xTick(x, value)),
    ...y.decades.map((value) => yTick(y, value)),
    ...(guide === undefined ? [] : [rule(y(guide), 1.5, '5 3')]),
    `<text x="${(edge.left + width - edge.right) / 2}" y="${height - 8}" text-anchor="middle">${escape(xLabel)}</text>`,
    `<text x="14" y="${(edge.top + height - edge.bottom) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(edge.top + height - edge.bottom) / 2})">${escape(yLabel)}</text>`,
    ...lines.map((line) => curve(line, x, y)),
    ...legend(lines, y),
    '</svg>\n',
  ].join('\n')
}

function isPoint([x, y]) {
  return Number.isFinite(x) && Number.isFinite(y) && x > 0 && y > 0
}

/** A function from values to pixels, with whole decades at its ends where values spread over more than one. */
function axis(values, from, to) {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const [low, high] = [Math.floor(Math.log10(least) + 1e-9), Math.ceil(Math.log10(most) - 1e-9)]
  const [first, last] = [low, Math.max(high, low + 1)]
  const isWide = from > to
  const [start, end] = isWide ? [first, last] : [Math.log10(least), Math.max(Math.log10(most), Math.log10(least) + 0.1)]
  const scale = (value) => from + ((Math.log10(value) - start) / (end - start)) * (to - from)
  scale.decades = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i))
  return scale
}

function xTick(x, value) {
  const at = x(value).toFixed(1)
  return `<text x="${at}" y="${height - edge.bottom + 16}" text-anchor="middle">${value.toLocaleString('en')}</text>`
}

function yTick(y, value) {
  const at = y(value)
  return `${rule(at, 0.5)}<text x="${edge.left - 6}" y="${(at + 4).toFixed(1)}" text-anchor="end">${short(value)}</text>`
}

function rule(at, strokeWidth, dashes) {
  const dashed = dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`
  return `<path d="M${edge.left} ${at.toFixed(1)}H${width - edge.right}" stroke="${ink}" stroke-width="${strokeWidth}" opacity="0.5"${dashed}/>`
}

function curve({ color, points }, x, y) {
  const path = points
    .map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`)
    .join('')
  const dots = points.map((point) => `<circle cx="${x(point[0]).toFixed(1)}" cy="${y(point[1]).toFixed(1)}" r="3"/>`)
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="2"/><g fill="${color}">${dots.join('')}</g>`
}

/** Names stand at the ends of their lines, moved apart where they would meet. */
function legend(lines, y) {
  const labels = lines
    .map(({ name, color, points }) => ({ name, color, at: y(points.at(-1)[1]) + 4 }))
    .sort((a, b) => a.at - b.at)
  for (let i = 1; i < labels.length; i++) labels[i].at = Math.max(labels[i].at, labels[i - 1].at + 15)
  const overflow = Math.max(0, (labels.at(-1)?.at ?? 0) - (height - edge.bottom + 4))
  return labels.map(
    ({ name, color, at }) =>
      `<text x="${width - edge.right + 10}" y="${(at - overflow).toFixed(1)}" fill="${color}">${escape(name)}</text>`,
  )
}

function short(value) {
  return value >= 1000 ? `${Number((value / 1000).toPrecision(3))}k` : String(Number(value.toPrecision(3)))
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
