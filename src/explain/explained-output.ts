// A head, the raw outputs of a row and what the caller asks for in; the index of the raw output to explain out.

import type { ColumnRange, Head } from '../artifact/head.ts'
import { createError } from '../errors.ts'
import { shownValue } from '../rows/shown-value.ts'

/**
 * What is asked for; else the class that the row gets (of the first target), where each class has an output of its own;
 * else 0, which for two classes speaks for the second.
 * @throws INPUT_INVALID where there is no such output; UNSUPPORTED where the answer is but the number of a class
 */
export function explainedOutput(head: Head, raw: readonly number[], asked: unknown): number {
  if (asked === undefined) return usualOutput(head, raw)
  if (typeof asked === 'number' && Number.isInteger(asked) && asked >= 0 && asked < raw.length) return asked
  throw createError(
    'INPUT_INVALID',
    `option output of explain: expected an index of the model's raw outputs, 0 … ${raw.length - 1}, got ${shownValue(asked)}`,
    { details: { option: 'output' } },
  )
}

function usualOutput(head: Head, raw: readonly number[]): number {
  if (head.kind === 'classifier') return largest(head.targets[0], raw)
  if (head.kind !== 'labels') return 0
  const { classes, label, probabilities, scores } = head.targets[0]
  // scores of pairs of classes are those of no class
  if (scores !== undefined && (scores.width === 1 || scores.width === classes.length)) return largest(scores, raw)
  if (probabilities !== undefined) return largest(probabilities, raw)
  if (label.isIndex !== true) return largest(label, raw)
  throw createError(
    'UNSUPPORTED',
    'the model gives the number of a class and no score of it, so there is nothing to share among the features; ask for one of its raw outputs by the option output',
  )
}

function largest({ start, width }: ColumnRange, raw: readonly number[]): number {
  let best = start
  for (let i = start + 1; i < start + width; i++) if (raw[i] > raw[best]) best = i
  return best
}
