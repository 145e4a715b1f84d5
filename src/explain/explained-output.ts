// A head, the raw outputs of a row and what the caller asks for in; the index of the raw output to explain out.

import type { Head } from '../artifact/head.ts'
import { createError } from '../errors.ts'
import { shownValue } from '../rows/shown-value.ts'

/**
 * What is asked for; else the class that the row gets (of the first target), where each class has an output of its own;
 * else 0, which for two classes speaks for the second.
 * @throws INPUT_INVALID where there is no such output
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
  if (head.kind !== 'classifier') return 0
  const { start, width } = head.targets[0]
  let best = start
  for (let i = start + 1; i < start + width; i++) if (raw[i] > raw[best]) best = i
  return best
}
