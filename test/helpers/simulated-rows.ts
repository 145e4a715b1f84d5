// A model folder and the CSV of its simulator in, its columns and what can be told of their labels out.
import { readFileSync } from 'node:fs'

export type SimulatedRows = {
  readonly names: readonly string[]
  /** NaN where a cell is empty. */
  readonly rows: readonly (readonly number[])[]
}

export function readSimulatedRows(model: string, file: string): SimulatedRows {
  const text = readFileSync(new URL(`../../models/${model}/data/${file}`, import.meta.url), 'utf8')
  const [header, ...lines] = text.trimEnd().split('\n')
  const number = (cell: string): number => (cell === '' ? NaN : Number(cell))
  return { names: header.split(','), rows: lines.map((line) => line.split(',').map(number)) }
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Of labels 0 and 1, by the best threshold on the values, whichever side is 1. */
export function bestThresholdAccuracy(values: readonly number[], labels: readonly number[]): number {
  const order = values.map((_, row) => row).sort((a, b) => values[a] - values[b])
  let right = labels.reduce((sum, label) => sum + label, 0)
  let best = Math.max(right, labels.length - right)
  order.forEach((row, i) => {
    right += labels[row] === 1 ? -1 : 1
    const isLastOfItsValue = i === order.length - 1 || values[order[i + 1]] !== values[row]
    if (isLastOfItsValue) best = Math.max(best, right, labels.length - right)
  })
  return best / labels.length
}

/** Best accuracy that the probabilities allow, and how far from it, in standard errors, the labels agree with the likelier one. */
export function bestReachable(probability: readonly number[], labels: readonly number[]) {
  const best = meanOf(probability.map((p) => Math.max(p, 1 - p)))
  const agreed = meanOf(labels.map((label, row) => Number((label === 1) === probability[row] >= 0.5)))
  return { best, deviation: Math.abs(agreed - best) / Math.sqrt((best * (1 - best)) / labels.length) }
}
