// Finished files and the rows that a caller gave in; how accurate they are, and how far from the source, out.

import { interpret } from '../../src/regions/interpret.ts'
import { type AnswerComparison, type AnswerPairs, compareAnswers } from '../check/compare-answers.ts'
import { evaluate } from '../check/evaluate.ts'
import type { ConversionReport } from '../report/report.ts'
import { type BuiltArtifact, type Conversion, decodeAll, runFiles } from './conversion.ts'

export type Judgement = {
  readonly evaluation: ConversionReport['evaluation']
  readonly comparisons: readonly AnswerComparison[]
}

export async function judgeAnswers(conversion: Conversion, built: BuiltArtifact): Promise<Judgement> {
  const { source, folded, given } = conversion
  const pairs: AnswerPairs[] = []
  const compared: (readonly Float64Array[])[] = []
  const answersOn = async (rows: readonly Float64Array[]) => ({
    source: decodeAll(
      source,
      rows.map((row) => interpret(folded, row)),
    ),
    given: decodeAll(source, await runFiles(conversion, built.assembled, rows)),
  })
  if (given.golden !== undefined) {
    compared.push(given.golden.rows)
    pairs.push({ set: 'golden', against: 'source', source: given.golden.answers, given: built.goldenAnswers })
  }
  let evaluation: ConversionReport['evaluation'] = null
  if (given.evaluation !== undefined) {
    const { rows, truth, decision } = given.evaluation
    const answers = await answersOn(rows)
    evaluation = {
      source: evaluate(answers.source, truth, decision),
      artifact: evaluate(answers.given, truth, decision),
    }
    if (!compared.some((other) => isSameRows(other, rows)))
      pairs.push({ set: 'evaluation', against: 'tables', ...answers })
    compared.push(rows)
  }
  const rows = spread(given.calibration, mostCalibrationRows).filter((row) => isAnswerable(conversion, row))
  if (rows.length > 0 && !compared.some((other) => isSameRows(other, given.calibration)))
    pairs.push({ set: 'calibration', against: 'tables', ...(await answersOn(rows)) })
  return { evaluation, comparisons: pairs.map(compareAnswers) }
}

/** False for a row that runs out of the numbers, which has no answer to compare: one to round for need not have one. */
function isAnswerable({ source, folded }: Conversion, row: Float64Array): boolean {
  return source.kind === 'transformer' || interpret(folded, row).every((value) => !Number.isNaN(value))
}

/** The float64 oracle takes up to a millisecond a row; more rows would tell no more. */
const mostCalibrationRows = 1000

function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)])
}

/** One file may be all three; its rows are compared once. */
function isSameRows(first: readonly Float64Array[], second: readonly Float64Array[]): boolean {
  return (
    first.length === second.length &&
    first.every((row, index) => row.every((value, column) => Object.is(value, second[index][column])))
  )
}
