// Rows with what the source and the finished files answered in; how many labels flipped, and how far answers moved, out.

import type { Answer } from '../../src/rows/prediction.ts'
import { answerDifference, type AnswerPart, largestDifferences, mergeLargest } from './answer-difference.ts'

/** Which of the rows that a caller gave. */
export type GivenSet = 'golden' | 'evaluation' | 'calibration'

/** The finished files against the source on one set of rows. */
export type AnswerComparison = {
  readonly set: GivenSet
  /** `source`: what its framework answered, as the rows say; `tables`: what its own tables give in float64. */
  readonly against: 'source' | 'tables'
  readonly rowCount: number
  /** Rows whose label differs, ties apart; null where the source's answers have no labels. */
  readonly labelFlips: number | null
  /** Rows whose label differs where the source's two best probabilities are as good as equal: either label is right. */
  readonly tieFlips: number
  /** Largest difference, part by part. */
  readonly largest: Readonly<Partial<Record<AnswerPart, number>>>
}

export type AnswerPairs = {
  readonly set: GivenSet
  readonly against: AnswerComparison['against']
  readonly source: readonly Answer[]
  readonly given: readonly Answer[]
}

/** Of the two best probabilities: some roundings of float32, so that no float32 graph could tell them apart. */
const tieGap = 1e-6

export function compareAnswers({ set, against, source, given }: AnswerPairs): AnswerComparison {
  const differences = source.map((answer, row) => answerDifference(answer, given[row]))
  const flipped = differences.filter(({ isFlipped }) => isFlipped)
  const tieFlips = flipped.filter(({ gap }) => gap <= tieGap).length
  return {
    set,
    against,
    rowCount: source.length,
    labelFlips: source.some(({ label }) => label !== undefined) ? flipped.length - tieFlips : null,
    tieFlips,
    largest: mergeLargest(differences.map(largestDifferences)),
  }
}
