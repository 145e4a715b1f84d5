// An estimator with its steps in, a tree of box characters out: of each step its columns and its parameters.

import type { EstimatorNode } from './describe-estimators.ts'
import { visibleText } from './visible-text.ts'

/** Steps of one parent; a transformer for every column of a wide table would hide the rest. */
const mostChildren = 40
const lineWidth = 110

export function drawTree(root: EstimatorNode): string {
  return linesOf(root, '', '').map(visibleText).join('\n')
}

function linesOf(node: EstimatorNode, lead: string, below: string): string[] {
  const { className, name, columns, parameters, children } = node
  const title = `${name === undefined ? '' : `${name}: `}${className}`
  const words = Object.entries(parameters).map(([key, value]) => `${key}=${value}`)
  const shown = children.slice(0, mostChildren)
  const rest = children.length - shown.length
  const rail = `${below}${children.length > 0 ? '│  ' : '   '}`
  return [
    `${lead}${title}${columns === undefined ? '' : `  ${columnsText(columns)}`}`,
    ...wrapped(words, lineWidth - rail.length).map((line) => `${rail}${line}`),
    ...shown.flatMap((child, index) => {
      const isLast = index === shown.length - 1 && rest === 0
      return linesOf(child, `${below}${isLast ? '└─ ' : '├─ '}`, `${below}${isLast ? '   ' : '│  '}`)
    }),
    ...(rest > 0 ? [`${below}└─ … ${rest} more`] : []),
  ]
}

/** A line names these; JSON has more of them. */
const namedFeatures = 3

/** `9 columns (age, income, … 7 more) → 12`. */
function columnsText({ inputCount, features, featureCount, output }: NonNullable<EstimatorNode['columns']>): string {
  const shown = features.slice(0, namedFeatures)
  const more = featureCount > shown.length ? `, … ${featureCount - shown.length} more` : ''
  const names = shown.length === 0 ? '' : ` (${shown.join(', ')}${more})`
  const given = output === undefined ? '?' : typeof output === 'number' ? `${output}` : output.join(', ')
  return `${inputCount} column${inputCount === 1 ? '' : 's'}${names} → ${given}`
}

function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length + 2 <= width) lines[lines.length - 1] = `${last}, ${word}`
    else lines.push(word)
  }
  return lines
}
