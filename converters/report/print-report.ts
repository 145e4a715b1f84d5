// A conversion report in, aligned text for people out.

import { amountText } from '../gates/gates.ts'
import { alignColumns } from './align-columns.ts'
import type { ConversionReport } from './report.ts'

export function printReport(report: ConversionReport): string {
  const { source, bytes, quantization, selfCheck, parity, comparisons, evaluation, warnings } = report
  const facts: [string, string][] = [
    ['model', `${report.name} ${report.version} (${report.kind})`],
    ['source', `${source.file}: ${source.estimator}, ${source.framework} ${source.frameworkVersion}`],
    ['source file', byteText(bytes.source)],
    ['plain weights', byteText(bytes.float32)],
    ['stored weights', `${byteText(bytes.weights)}${ratioText(report)}`],
    ['model.json', byteText(bytes.modelJson)],
    ['artifact', byteText(bytes.artifact)],
    [
      `quantizing (${quantization.mode})`,
      `${partsText(quantization.largest)}, ${quantization.labelFlips} of ${quantization.rowCount} labels flipped`,
    ],
    [
      `graph on ${selfCheck.backend}`,
      `raw columns within ${numberText(selfCheck.largestDifference)} of float64 on ${selfCheck.rowCount} rows`,
    ],
    ...parityFacts(parity),
    ...comparisonFacts(comparisons),
    ...(evaluation === null
      ? []
      : [
          ['accuracy', `${evaluationText(evaluation.artifact)}; source ${evaluationText(evaluation.source)}`] as [
            string,
            string,
          ],
        ]),
  ]
  const tensors = report.tensors.map(({ name, role, shape, encoding, byteLength, maxError, escalated }) => [
    name,
    role,
    `[${shape.join(', ')}]`,
    encoding,
    byteText(byteLength),
    maxError === 0 ? 'exact' : `±${numberText(maxError)}`,
    escalated ?? '',
  ])
  return [
    alignColumns(facts),
    ...(report.gates.length > 0 ? [gateTable(report.gates)] : []),
    alignColumns([['tensor', 'role', 'shape', 'stored as', 'bytes', 'error', ''], ...tensors]),
    ...warnings.map((warning) => `Warning: ${warning}.`),
  ].join('\n\n')
}

function parityFacts(parity: ConversionReport['parity']): [string, string][] {
  if (parity === null) return []
  const verdict = parity.isPassed ? 'passed' : 'FAILED'
  const flips = `${parity.labelFlips} of ${parity.rowCount} labels flipped (${parity.unexcusedFlips} not close)`
  return [['golden rows', `${verdict}: ${partsText(parity.largest)}, ${flips}`]]
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

function evaluationText({
  accuracy,
  rmse,
  r2,
  rowCount,
}: NonNullable<ConversionReport['evaluation']>['artifact']): string {
  if (accuracy !== undefined) return `${accuracy.toFixed(4)} on ${rowCount} rows`
  return `rmse ${numberText(rmse ?? NaN)}, r2 ${numberText(r2 ?? NaN)} on ${rowCount} rows`
}

function byteText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

function numberText(value: number): string {
  return value === 0 ? '0' : value.toPrecision(3)
}

function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
