// A graph in, one line a node out, in the order in which they are computed.

import { alignColumns } from '../align-columns.ts'
import { type GraphNode, inReadingOrder } from './graph-node.ts'

/** Longer texts end in an ellipsis. */
const mostLetters = 70

/** @param most lines; past them one says how many more there are. @default 60 */
export function drawGraph(nodes: readonly GraphNode[], most = 60): string {
  const ordered = inReadingOrder(nodes)
  const numbers = new Map(ordered.map(({ id }, index) => [id, index]))
  const lines = ordered.slice(0, most).map(({ title, text, inputs }, index) => {
    const read = inputs.map((id) => numbers.get(id) ?? '?')
    return [
      `${index}`,
      read.length === 0 ? '┌' : '├',
      title,
      read.length === 0 ? '' : `← ${read.join(', ')}`,
      clipped(text),
    ]
  })
  const rest = ordered.length - lines.length
  return `${alignColumns(lines)}${rest > 0 ? `\n… ${rest} more` : ''}`
}

function clipped(text: string): string {
  const letters = [...text]
  return letters.length <= mostLetters ? text : `${letters.slice(0, mostLetters - 1).join('')}…`
}
