// A conversion report in, aligned text for people out.

import { amountText } from '../gates/gates.ts'
import { alignColumns } from './align-columns.ts'
import type { ConversionReport, EvaluationReport, FlipCount } from './report.ts'
import { bytesText, numberText, percentText, storedAsText } from './report-text.ts'
import { visibleText } from './visible-text.ts'

export function printReport(report: ConversionReport): string {
  const { source, bytes, quantization, selfCheck, parity, comparisons, evaluation, warnings } = report
  const hasLabels = report.schema.outputs.includes('label')
  const facts: [string, string][] = [
    ['model', `${report.name} ${report.version} (${report.kind})`],
    ['source', `${source.file}: ${source.estimator}, ${source.framework} ${source.frameworkVersion}`],
    ['source file', bytesText(bytes.source)],
    ['plain weights', bytesText(bytes.float32)],
    ['stored weights', `${bytesText(bytes.weights)}${ratioText(report)}`],
    ['model.json', bytesText(bytes.modelJson)],
    ['artifact', bytesText(bytes.artifact)],
    [
      `quantizing (${quantization.mode})`,
      [
        partsText(quantization.largest),
        ...(hasLabels ? [`${quantization.labelFlips} of ${quantization.rowCount} labels flipped`] : []),
      ].join(', '),
    ],
    [
      `graph on ${selfCheck.backend}`,
      `raw columns within ${numberText(selfCheck.largestDifference)} of float64 on ${selfCheck.rowCount} rows`,
    ],
    ...parityFacts(parity, hasLabels),
    ...comparisonFacts(comparisons),
  ]
  const tensors = report.tensors.map(({ name, role, shape, encoding, byteLength, maxError, escalated }) => [
    name,
    role,
    `[${shape.join(', ')}]`,
    storedAsText({ name, role, encoding }),
    bytesText(byteLength),
    maxError === 0 ? 'exact' : `±${numberText(maxError)}`,
    escalated ?? '',
  ])
  return [
    alignColumns(facts),
    ...(evaluation === null ? [] : [accuracyTable(evaluation)]),
    ...(report.gates.length > 0 ? [gateTable(report.gates)] : []),
    alignColumns([['tensor', 'role', 'shape', 'stored as', 'bytes', 'error', ''], ...tensors]),
    ...warnings.map((warning) => visibleText(`Warning: ${warning}.`)),
  ].join('\n\n')
}

function parityFacts(parity: ConversionReport['parity'], hasLabels: boolean): [string, string][] {
  if (parity === null) return []
  const verdict = parity.isPassed ? 'passed' : 'FAILED'
  const flips = `${parity.labelFlips} of ${parity.rowCount} labels flipped (${parity.unexcusedFlips} not close)`
  return [['golden rows', `${verdict}: ${[partsText(parity.largest), ...(hasLabels ? [flips] : [])].join(', ')}`]]
}

function gateTable(gates: ConversionReport['gates']): string {
  const lines = gates.map(({ gate, bound, measured, unit, isPassed }) => [
    gate,
    amountText(bound, unit),
    amountText(measured, unit),
    isPassed ? 'passed' : 'MISSED',
  ])
  return alignColumns([['gate', 'bound', 'measured', ''], ...lines])
}

/** Of golden rows parity says all that. */
function comparisonFacts(comparisons: ConversionReport['comparisons']): [string, string][] {
  const others = comparisons.filter(({ set }) => set !== 'golden')
  return others.map(({ set, against, rowCount, labelFlips, tieFlips, largest }) => {
    const flips = labelFlips === null ? [] : [`${labelFlips} of ${rowCount} labels flipped, ${tieFlips} ties`]
    const than = against === 'source' ? "the source's own answers" : 'the float64 tables of the source'
    return [`on ${set} rows`, `${[partsText(largest), ...flips].join(', ')}, against ${than}`]
  })
}

function ratioText({ bytes: { ratio, promisedRatio } }: ConversionReport): string {
  if (ratio === null) return ''
  const promised = promisedRatio === null ? '' : `, promised ${percentText(promisedRatio)}`
  return ` (${percentText(ratio)} of plain${promised})`
}

function partsText(parts: Readonly<Record<string, number | undefined>>): string {
  const words = Object.entries(parts).map(([part, moved]) => `${part} ±${numberText(moved ?? 0)}`)
  return words.length === 0 ? 'nothing to compare' : words.join(', ')
}

/** The source, the graph before quantizing and the finished files beside each other. */
function accuracyTable({ source, against, float32, artifact, flips }: EvaluationReport): string {
  const name = against === 'source' ? 'source, own answers' : 'source, float64 tables'
  const lines = [
    [name, source, null],
    ['float32 graph', float32, flips?.float32 ?? null],
    ['artifact', artifact, flips?.artifact ?? null],
  ] as const
  const measures = (['accuracy', 'rmse', 'r2'] as const).filter((measure) => artifact[measure] !== undefined)
  const rows = lines.map(([title, evaluation, count]) => [
    title,
    ...measures.map((measure) => measureText(measure, evaluation[measure] ?? NaN)),
    ...(flips === null ? [] : [flipText(count)]),
  ])
  const header = [`on ${artifact.rowCount} evaluation rows`, ...measures, ...(flips === null ? [] : ['labels flipped'])]
  return alignColumns([header, ...rows])
}

function measureText(measure: 'accuracy' | 'rmse' | 'r2', value: number): string {
  return measure === 'rmse' ? numberText(value) : value.toFixed(4)
}

function flipText(count: FlipCount | null): string {
  if (count === null) return ''
  return `${count.labelFlips}${count.tieFlips > 0 ? `, and ${count.tieFlips} ties` : ''}`
}
