// A model, what its weights may cost and the rows that a caller gave in; a check of stored tables that says what they
// cost too much out.

import type { Decision, Evaluation } from '../../src/artifact/metadata.ts'
import type { Head } from '../../src/artifact/head.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { answerDifference, flat } from '../check/answer-difference.ts'
import { compareAnswers } from '../check/compare-answers.ts'
import { evaluate } from '../check/evaluate.ts'
import { createAnswerReader } from '../check/row-answers.ts'
import { columnsOf, quantizedBars } from '../check/tolerance.ts'

/** Weights are stored wider until they cost no more than this, or nothing wider is left. */
export type AccuracyBudget = {
  /**
   * Calibration rows whose label may differ from the source's, ties apart.
   * @default none but close calls: those that lie nearer than twice what probabilities may move
   */
  readonly flips?: number
  /** How much of the source's accuracy, or r2, may be lost on the evaluation rows. @default 0.02 */
  readonly metricLoss?: number
}

export type BudgetRows = {
  readonly calibration?: readonly Float64Array[]
  readonly evaluation?: {
    readonly rows: readonly Float64Array[]
    readonly truth: readonly unknown[]
    readonly decision?: Decision
  }
}

/** What stored tables cost beyond the budget; undefined where they keep it. */
export type BudgetCheck = (stored: RegionGraph) => string | undefined

const usualMetricLoss = 0.02

/** More calibration rows would tell no more. */
const mostRows = 1000

export function createBudgetCheck(
  source: RegionGraph,
  head: Head,
  { budget = {}, calibration = [], evaluation }: BudgetRows & { readonly budget?: AccuracyBudget },
): BudgetCheck {
  const answersOf = createAnswerReader(head)
  const step = Math.ceil(calibration.length / mostRows)
  const rows = calibration.filter((_, index) => index % step === 0)
  const wanted = answersOf(source, rows)
  const metric = evaluation && metricOf(answersOf(source, evaluation.rows), evaluation)
  return (stored) => {
    const flips = countFlips(wanted, answersOf(stored, rows), budget.flips === undefined)
    if (flips > (budget.flips ?? 0)) return `${flips} of ${rows.length} calibration rows change their label`
    if (evaluation === undefined || metric === undefined) return undefined
    const allowed = budget.metricLoss ?? usualMetricLoss
    const lost = metric - (metricOf(answersOf(stored, evaluation.rows), evaluation) ?? -Infinity)
    return lost > allowed ? `evaluation rows lose ${lost.toPrecision(2)} of accuracy, allowed ${allowed}` : undefined
  }
}

function countFlips(
  wanted: readonly (Answer | undefined)[],
  given: readonly (Answer | undefined)[],
  areClosePardoned: boolean,
): number {
  const pairs = wanted.flatMap((answer, row) => {
    const other = given[row]
    return answer?.label === undefined || other === undefined ? [] : [{ answer, other }]
  })
  const sides = { source: pairs.map(({ answer }) => answer), given: pairs.map(({ other }) => other) }
  if (!areClosePardoned) return compareAnswers({ set: 'calibration', against: 'tables', ...sides }).labelFlips ?? 0
  const ranges = columnsOf(sides.source.map(({ scores }) => flat(scores))).map(
    (column) => column.reduce((a, b) => Math.max(a, b), -Infinity) - column.reduce((a, b) => Math.min(a, b), Infinity),
  )
  return pairs.filter(({ answer, other }) => {
    const { isFlipped, gap, parts } = answerDifference(answer, other)
    if (!isFlipped || gap <= 2 * quantizedBars.probability) return false
    // A label that changes while no score moves by more than it may was a close call of scores.
    const { score = [] } = parts
    const hasOnlyScores = answer.probabilities === undefined && score.length > 0
    return !hasOnlyScores || score.some((moved, column) => moved > quantizedBars.shareOfRange * ranges[column])
  }).length
}

/** Accuracy, or r2 of values; undefined where a row has no answer, or the model has nothing that is right or wrong. */
function metricOf(
  answers: readonly (Answer | undefined)[],
  { truth, decision }: NonNullable<BudgetRows['evaluation']>,
): number | undefined {
  const given = answers.filter((answer) => answer !== undefined)
  if (given.length < answers.length || given.length === 0) return undefined
  if (given.some(({ label, value }) => label === undefined && value === undefined)) return undefined
  const { accuracy, r2 }: Evaluation = evaluate(given, truth, decision)
  return accuracy ?? r2
}
