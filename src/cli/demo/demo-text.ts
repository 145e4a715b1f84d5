// What the demo measured in, the parts of its story for people out.

import type { ConversionReport } from '../../../converters/index.ts'
import { bytesText, countText, errorText, millisecondsText, percentText } from '../number-text.ts'
import { textTable } from '../text-table.ts'
import type { DemoResult, Pass } from './demo-result.ts'

export const introductionText = `A scikit-learn model (models/telco_churn: will this customer leave?) and 1,000 customers that it has never seen.
Everything below is measured now, on this machine.
`

export function conversionText(report: ConversionReport, durationMs: number): string {
  const { bytes, parity, evaluation, source } = report
  const facts = [
    ['source', `${source.file}: ${source.estimator}, ${source.framework} ${source.frameworkVersion}`],
    ['bytes before', `${bytesText(bytes.source)} (its weights alone, plainly stored: ${bytesText(bytes.float32)})`],
    ['bytes after', `${bytesText(bytes.artifact)} (weights: ${bytesText(bytes.weights)})`],
  ]
  if (parity !== null) {
    facts.push([
      'against scikit-learn',
      `largest difference of a probability ${errorText(parity.largest.probability ?? NaN)} on ${countText(parity.rowCount)} rows, ${parity.labelFlips} labels flipped`,
    ])
  }
  if (evaluation !== null)
    facts.push([
      'accuracy',
      `${percentText(evaluation.artifact.accuracy ?? NaN)} converted, ${percentText(evaluation.source.accuracy ?? NaN)} before`,
    ])
  const tensors = report.tensors
    // shapes and constants of the graph say nothing about what quantizing cost
    .filter(({ role, byteLength }) => role !== 'structure' || byteLength > 16)
    .map(({ name, encoding, byteLength, maxError, escalated = '' }) => [
      name,
      encoding,
      countText(byteLength),
      maxError === 0 ? 'exact' : `±${errorText(maxError)}`,
      escalated,
    ])
  return [
    `Converted without Python in ${millisecondsText(durationMs)}\n`,
    textTable({ rows: facts, indent: '  ' }),
    textTable({ header: ['tensor', 'stored as', 'bytes', 'error', ''], rows: tensors, right: [2], indent: '  ' }),
  ].join('\n')
}

export function servingText({ picked, why, candidates }: DemoResult['backend']): string {
  const rows = candidates.map(({ name, available, microsPerRow, reason }) => [
    name,
    available ? 'there' : 'not there',
    microsPerRow === undefined ? '' : `${microsPerRow.toPrecision(3)} µs a row`,
    reason,
  ])
  return `Loaded by a registry: ${picked}, ${why}\n\n${textTable({ rows, right: [2], indent: '  ' })}`
}

export function trafficText({ oneByOne, concurrent, again }: DemoResult['passes'], rowCount: number): string {
  const passes = [oneByOne, concurrent, again]
  const row = (name: string, value: (pass: Pass) => string): string[] => [name, ...passes.map(value)]
  const table = textTable({
    header: ['', 'one by one', 'concurrent', 'concurrent again (cache)'],
    rows: [
      row('rows asked for', ({ rowCount }) => countText(rowCount)),
      row('callers at a time', ({ callerCount }) => countText(callerCount)),
      row('rows a second', ({ rowsPerSecond }) => countText(rowsPerSecond)),
      row('p50', ({ latencyMs }) => millisecondsText(latencyMs.p50)),
      row('p95', ({ latencyMs }) => millisecondsText(latencyMs.p95)),
      row('p99', ({ latencyMs }) => millisecondsText(latencyMs.p99)),
      row('rows a model run', ({ meanBatchRows }) => (meanBatchRows === 0 ? 'none' : meanBatchRows.toFixed(1))),
      row('answered by cache', ({ cacheHitRate }) => percentText(cacheHitRate)),
      row('accuracy', ({ accuracy }) => percentText(accuracy)),
    ],
    right: [1, 2, 3],
    indent: '  ',
  })
  return [
    `Asked for all ${countText(rowCount)} customers ${countText(oneByOne.rowCount / rowCount)} times, row by row, through predict()\n`,
    table,
    `  First column: without batching and cache. Second: batches of what comes at once; no row is known yet. Times are from predict() to its answer.\n`,
  ].join('\n')
}

export function fallbackText(
  { rule, reason, markedCount, version, accuracy }: DemoResult['fallback'],
  rowCount: number,
): string {
  const facts = [
    [
      'answers',
      `${countText(markedCount)} of ${countText(rowCount)} marked { source: 'fallback', rule: '${rule}', reason: '${reason}' }`,
    ],
    ['version', version ?? 'null: no artifact answered'],
    ['accuracy', percentText(accuracy)],
  ]
  return `Took the model away: the rule that its service.json names answers\n\n${textTable({ rows: facts, indent: '  ' })}`
}

export function closingText({ totalMs }: DemoResult, modelFile: string): string {
  return `Done in ${(totalMs / 1000).toFixed(1)} s. Next, with this model or one of your own:

  npx tfjs-serving convert ${modelFile} --out churn
  npx tfjs-serving predict churn --input ${modelFile.replace(/model\.joblib$/, 'heldout.json')}
`
}
