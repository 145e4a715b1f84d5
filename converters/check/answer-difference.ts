// What the source answered for a row and what another answered in, how far they lie apart out.

import type { Answer } from '../../src/rows/prediction.ts'

export const answerParts = {
  probability: 'probabilities',
  score: 'scores',
  value: 'value',
  vector: 'vector',
} as const satisfies Record<string, keyof Answer>

export type AnswerPart = keyof typeof answerParts

export const answerPartNames = Object.keys(answerParts) as readonly AnswerPart[]

export type AnswerDifference = {
  /** Absolute difference column by column, for each part that both answers have; infinity where only one is NaN. */
  readonly parts: Readonly<Partial<Record<AnswerPart, readonly number[]>>>
  /** True where both have labels and those differ. */
  readonly isFlipped: boolean
  /** How far the two best probabilities of the first answer lie apart, largest over the targets that flipped. */
  readonly gap: number
}

export function answerDifference(first: Answer, second: Answer): AnswerDifference {
  const parts: Partial<Record<AnswerPart, readonly number[]>> = {}
  for (const part of answerPartNames) {
    const wanted = first[answerParts[part]]
    const given = second[answerParts[part]]
    if (wanted !== undefined && given !== undefined) parts[part] = columnDifferences(flat(wanted), flat(given))
  }
  const flips = flippedTargets(first.label, second.label)
  return {
    parts,
    isFlipped: flips.length > 0,
    gap: Math.max(0, ...flips.map((target) => probabilityGap(first, target))),
  }
}

/** Of all columns of each part. */
export function largestDifferences({ parts }: AnswerDifference): Partial<Record<AnswerPart, number>> {
  const largest: Partial<Record<AnswerPart, number>> = {}
  for (const part of answerPartNames) {
    const columns = parts[part]
    if (columns !== undefined) largest[part] = columns.reduce((a, b) => Math.max(a, b), 0)
  }
  return largest
}

/** Of all rows, part by part. */
export function mergeLargest(
  list: readonly Partial<Record<AnswerPart, number>>[],
): Partial<Record<AnswerPart, number>> {
  const merged: Partial<Record<AnswerPart, number>> = {}
  for (const parts of list)
    for (const part of answerPartNames) {
      const value = parts[part]
      if (value !== undefined) merged[part] = Math.max(merged[part] ?? 0, value)
    }
  return merged
}

/** Numbers of an answer part in order, whatever its nesting. */
export function flat(part: Answer[(typeof answerParts)[AnswerPart]]): readonly number[] {
  if (part === undefined) return []
  return typeof part === 'number' ? [part] : part.flat()
}

function columnDifferences(wanted: readonly number[], given: readonly number[]): readonly number[] {
  if (wanted.length !== given.length) return wanted.map(() => Infinity)
  return wanted.map((value, k) => {
    if (Object.is(value, given[k]) || value === given[k]) return 0
    const difference = Math.abs(value - given[k])
    return Number.isNaN(difference) ? Infinity : difference
  })
}

/** Indices of the targets whose labels differ; 0 is the only target of most models. */
function flippedTargets(wanted: Answer['label'], given: Answer['label']): number[] {
  if (wanted === undefined || given === undefined) return []
  const wantedLabels: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted]
  const givenLabels: readonly unknown[] = Array.isArray(given) ? given : [given]
  return wantedLabels.flatMap((label, target) => (label === givenLabels[target] ? [] : [target]))
}

/** Infinity where the source gave no probabilities, so that a flip counts however close it was. */
function probabilityGap({ label, probabilities }: Answer, target: number): number {
  if (probabilities === undefined) return Infinity
  const own = probabilities[target]
  if (own === undefined || typeof own !== 'number') return gapOfBest(own ?? [])
  // A multilabel answer has one probability a label: its other side is 1 − p.
  if (Array.isArray(label)) return Math.abs(2 * own - 1)
  return gapOfBest(flat(probabilities))
}

function gapOfBest(probabilities: readonly number[]): number {
  if (probabilities.length < 2) return Infinity
  const sorted = [...probabilities].sort((a, b) => b - a)
  return sorted[0] - sorted[1]
}
