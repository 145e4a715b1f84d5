// A graph in, an SVG of boxes in layers and lines between them out; what is read stands above what reads it.

import { escapeXml } from '../../../src/page/svg-plot.ts'
import { type GraphNode, inReadingOrder } from './graph-node.ts'

/** More boxes than these are a carpet; the picture says how many it leaves out. */
const mostNodes = 120
const mostLetters = 32
/** Shown where the pointer rests. */
const mostTitleLetters = 300
const letterWidth = 6.2
/** Of a bold letter, in plain ones. */
const boldWidth = 1.15
const boxHeight = 38
const layerGap = 46
const boxGap = 18
const margin = 20
const titleHeight = 34

type Box = { readonly node: GraphNode; readonly layer: number; readonly width: number; center: number }

export function graphSvg(title: string, nodes: readonly GraphNode[]): string {
  const ordered = inReadingOrder(nodes)
  const boxes = placeBoxes(ordered.slice(0, mostNodes))
  const rest = ordered.length - boxes.size
  const layers = [...boxes.values()].reduce((most, { layer }) => Math.max(most, layer + 1), 0)
  const right = [...boxes.values()].reduce((most, { center, width }) => Math.max(most, center + width / 2), 0)
  const width = Math.ceil(Math.max(right + margin, 2 * margin + title.length * 8))
  const height = titleHeight + margin + layers * (boxHeight + layerGap) + (rest > 0 ? 20 : 0)
  const more = rest > 0 ? `<text x="${margin}" y="${height - 12}" fill="#57606a">… ${rest} more nodes</text>\n` : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}" font-family="system-ui, sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="${margin}" y="22" font-size="14" font-weight="600" fill="#1f2328">${escapeXml(title)}</text>
${[...boxes.values()].flatMap((box) => linesInto(box, boxes)).join('\n')}
${[...boxes.values()].map(boxSvg).join('\n')}
${more}</svg>
`
}

/** Each in the layer below the lowest that it reads, beside the others of it, near the middle of what it reads. */
function placeBoxes(nodes: readonly GraphNode[]): Map<string, Box> {
  const boxes = new Map<string, Box>()
  const layers: Box[][] = []
  for (const node of nodes) {
    const layer = node.inputs.reduce((most, id) => Math.max(most, (boxes.get(id)?.layer ?? -1) + 1), 0)
    const letters = Math.max(node.title.length * boldWidth, node.text.length)
    const box: Box = { node, layer, width: Math.ceil(Math.min(letters, mostLetters) * letterWidth) + 20, center: 0 }
    boxes.set(node.id, box)
    while (layers.length <= layer) layers.push([])
    layers[layer].push(box)
  }
  const widest = Math.max(0, ...layers.map(widthOf))
  for (const layer of layers) {
    const wished = new Map(layer.map((box, index) => [box, middleOf(box, boxes) ?? index]))
    layer.sort((a, b) => (wished.get(a) ?? 0) - (wished.get(b) ?? 0))
    let left = margin + (widest - widthOf(layer)) / 2
    for (const box of layer) {
      box.center = Number((left + box.width / 2).toFixed(1))
      left += box.width + boxGap
    }
  }
  return boxes
}

function widthOf(layer: readonly Box[]): number {
  return layer.reduce((sum, { width }) => sum + width + boxGap, -boxGap)
}

function middleOf({ node }: Box, boxes: ReadonlyMap<string, Box>): number | undefined {
  const centers = node.inputs.flatMap((id) => boxes.get(id)?.center ?? [])
  return centers.length === 0 ? undefined : centers.reduce((sum, center) => sum + center, 0) / centers.length
}

function topOf({ layer }: Box): number {
  return titleHeight + margin + layer * (boxHeight + layerGap)
}

function linesInto(box: Box, boxes: ReadonlyMap<string, Box>): string[] {
  return box.node.inputs.flatMap((id) => {
    const from = boxes.get(id)
    if (from === undefined || from.layer >= box.layer) return []
    const [y0, y1] = [topOf(from) + boxHeight, topOf(box)]
    const bend = layerGap * 0.7
    return `<path d="M${from.center} ${y0} C${from.center} ${y0 + bend} ${box.center} ${y1 - bend} ${box.center} ${y1}" fill="none" stroke="#8a8f98"/>`
  })
}

function boxSvg(box: Box): string {
  const { node, width, center } = box
  const [x, y] = [Number((center - width / 2).toFixed(1)), topOf(box)]
  const fill = node.inputs.length === 0 ? '#fdf2e3' : '#eaf2fd'
  return (
    `<g><title>${escapeXml(clipped(`${node.title}: ${node.text}`, mostTitleLetters))}</title>` +
    `<rect x="${x}" y="${y}" width="${width}" height="${boxHeight}" rx="5" fill="${fill}" stroke="#1f6feb"/>` +
    `<text x="${center}" y="${y + 16}" text-anchor="middle" font-weight="600" fill="#1f2328">${escapeXml(clipped(node.title))}</text>` +
    `<text x="${center}" y="${y + 30}" text-anchor="middle" fill="#57606a">${escapeXml(clipped(node.text))}</text></g>`
  )
}

function clipped(text: string, most = mostLetters): string {
  const letters = [...text]
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}
