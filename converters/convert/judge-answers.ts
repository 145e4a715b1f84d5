// Finished files and the rows that a caller gave in; how accurate they are, and how far from the source, out.

import { interpret } from '../../src/regions/interpret.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { type AnswerComparison, type AnswerPairs, compareAnswers } from '../check/compare-answers.ts'
import { evaluate } from '../check/evaluate.ts'
import { quantizeRegions } from '../quantize/quantize-regions.ts'
import type { EvaluationReport, FlipCount } from '../report/report.ts'
import type { AssembledArtifact } from './artifact-parts.ts'
import { assemble, type BuiltArtifact, type Conversion, decodeAll, runFiles } from './conversion.ts'
import type { GivenRows } from './given-rows.ts'

export type Judgement = {
  readonly evaluation: EvaluationReport | null
  readonly comparisons: readonly AnswerComparison[]
}

export async function judgeAnswers(conversion: Conversion, built: BuiltArtifact): Promise<Judgement> {
  const { golden, evaluation: evaluated, calibration } = conversion.given
  const pairs: AnswerPairs[] = []
  if (golden !== undefined)
    pairs.push({ set: 'golden', against: 'source', source: golden.answers, given: built.goldenAnswers })
  let evaluation: EvaluationReport | null = null
  if (evaluated !== undefined) {
    await conversion.stages.enter('check', `measuring on ${evaluated.rows.length} evaluation rows`, 0.8)
    const answers = await evaluationAnswers(conversion, built, evaluated)
    evaluation = evaluationReport(evaluated, answers)
    if (!isSameRows(golden?.rows, evaluated.rows)) pairs.push({ set: 'evaluation', ...answers })
  }
  const rows = spread(calibration, mostCalibrationRows).filter((row) => isAnswerable(conversion, row))
  if (rows.length > 0 && ![golden, evaluated].some((other) => isSameRows(other?.rows, calibration))) {
    await conversion.stages.enter('check', `comparing ${rows.length} calibration rows`, 0.9)
    const given = await answersOf(conversion, built.assembled, rows)
    pairs.push({ set: 'calibration', against: 'tables', source: tableAnswers(conversion, rows), given })
  }
  return { evaluation, comparisons: pairs.map(compareAnswers) }
}

type EvaluationRows = NonNullable<GivenRows['evaluation']>

type EvaluationAnswers = Pick<AnswerPairs, 'against' | 'source' | 'given'> & { readonly float32: readonly Answer[] }

async function evaluationAnswers(
  conversion: Conversion,
  { assembled }: BuiltArtifact,
  evaluated: EvaluationRows,
): Promise<EvaluationAnswers> {
  const { rows } = evaluated
  const own = ownAnswers(conversion, evaluated)
  const given = await answersOf(conversion, assembled, rows)
  return {
    against: own === undefined ? 'tables' : 'source',
    source: own ?? tableAnswers(conversion, rows),
    float32: conversion.options.quantize === 'none' ? given : await float32Answers(conversion, rows),
    given,
  }
}

/** Of the source framework; undefined where no rows bring answers that can be right or wrong. */
function ownAnswers({ given: { golden } }: Conversion, { rows, answers }: EvaluationRows) {
  const own = answers ?? (isSameRows(golden?.rows, rows) ? golden?.answers : undefined)
  return own?.every(({ label, value }) => label !== undefined || value !== undefined) === true ? own : undefined
}

function evaluationReport({ truth, decision }: EvaluationRows, answers: EvaluationAnswers): EvaluationReport {
  const { against, source, float32, given } = answers
  const flipsOf = (other: readonly Answer[]): FlipCount | null => {
    const { labelFlips, tieFlips } = compareAnswers({ set: 'evaluation', against, source, given: other })
    return labelFlips === null ? null : { labelFlips, tieFlips }
  }
  const [before, after] = [flipsOf(float32), flipsOf(given)]
  return {
    source: evaluate(source, truth, decision),
    against,
    float32: evaluate(float32, truth, decision),
    artifact: evaluate(given, truth, decision),
    flips: before === null || after === null ? null : { float32: before, artifact: after },
  }
}

/** What the source's own tables give in float64. */
function tableAnswers({ source, folded }: Conversion, rows: readonly Float64Array[]): Answer[] {
  return decodeAll(
    source,
    rows.map((row) => interpret(folded, row)),
  )
}

async function answersOf(conversion: Conversion, assembled: AssembledArtifact, rows: readonly Float64Array[]) {
  return decodeAll(conversion.source, await runFiles(conversion, assembled, rows))
}

function float32Answers(conversion: Conversion, rows: readonly Float64Array[]): Promise<Answer[]> {
  const { folded, source } = conversion
  const plain = quantizeRegions(folded, { mode: 'none', schema: source.schema, head: source.head })
  return answersOf(conversion, assemble(conversion, plain), rows)
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
function isSameRows(first: readonly Float64Array[] | undefined, second: readonly Float64Array[]): boolean {
  return (
    first?.length === second.length &&
    first.every((row, index) => row.every((value, column) => Object.is(value, second[index][column])))
  )
}
