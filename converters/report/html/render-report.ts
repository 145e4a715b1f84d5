// A conversion report in, one self-contained HTML page out: no script, and nothing that is loaded from elsewhere.

import { htmlPage, htmlTable, paragraph, plots, type Section } from '../../../src/page/html-page.ts'
import type { ConversionReport } from '../report.ts'
import { bytesText, numberText, percentText, storedAsText } from '../report-text.ts'
import { barChart } from './bar-chart.ts'
import { errorPlot } from './error-plot.ts'
import {
  accuracyTable,
  comparisonsTable,
  featuresTable,
  gatesTable,
  tensorsTable,
  worstRowsTable,
} from './report-tables.ts'

/** The largest tensors are drawn; the table has them all. */
const drawnTensors = 16
const drawnHistograms = 24

/**
 * The report of `convertModel`, or of the error that it threw (`error.details.report`), as a page for people.
 * @example
 * await writeFile('report.html', renderReport(report))
 */
export function renderReport(report: ConversionReport): string {
  const { name, version, evaluation, gates, schema, tensors } = report
  const sections: (Section | null)[] = [
    { title: 'Summary', body: summary(report) },
    gates.length > 0 ? { title: 'Gates', body: gatesTable(gates) } : null,
    evaluation === null ? null : { title: 'Accuracy', body: accuracyTable(evaluation) },
    { title: 'Answers', body: answers(report) },
    { title: 'Bytes', body: plots([sizeChart(report), tensorChart(report)]) },
    { title: 'Errors of the weights', body: errors(report) },
    { title: 'Escalated parts', body: escalated(report) },
    { title: 'Tensors', body: tensorsTable(tensors) },
    { title: 'Schema', body: schemaText(schema) + featuresTable(schema.features) },
  ]
  return htmlPage(
    `${name} ${version}, converted`,
    sections.filter((section) => section !== null),
  )
}

function summary({ kind, source, bytes, quantization, selfCheck, parity, gates, warnings }: ConversionReport): string {
  const isRefused = parity?.isPassed === false || gates.some(({ isPassed }) => !isPassed)
  const rows = [
    ['verdict', { verdict: !isRefused }],
    ['model', kind],
    [
      'source',
      `${source.file} (${source.format}): ${source.estimator}, ${source.framework} ${source.frameworkVersion}`,
    ],
    ['sha256 of the source', source.sha256],
    ['weights', `stored as ${quantization.mode}${ratioText(bytes)}`],
    [
      `graph on ${selfCheck.backend}`,
      `raw columns within ${numberText(selfCheck.largestDifference)} of float64 on ${selfCheck.rowCount} rows`,
    ],
    ...(isRefused ? [['files', 'were not written']] : []),
    ...warnings.map((warning) => ['warning', warning]),
  ]
  return htmlTable([], rows)
}

function ratioText({ ratio, promisedRatio }: ConversionReport['bytes']): string {
  if (ratio === null) return ''
  return `, ${percentText(ratio)} of their plain form${promisedRatio === null ? '' : `, promised ${percentText(promisedRatio)}`}`
}

function answers({ parity, comparisons, quantization, schema }: ConversionReport): string {
  const { rowCount, labelFlips, largest } = quantization
  const moved = Object.entries(largest).map(([part, difference]) => `${part} ±${numberText(difference)}`)
  const flips = schema.outputs.includes('label') ? [`${labelFlips} labels flipped`] : []
  const quantizing = paragraph(
    `Quantizing alone, by the float64 tables before and after on ${rowCount} ${parity === null ? 'made-up' : 'golden'} rows: ${[...moved, ...flips].join(', ') || 'nothing moved'}.`,
  )
  if (comparisons.length === 0)
    return quantizing + paragraph('No golden, evaluation or calibration rows were given to compare answers on.')
  const table = quantizing + comparisonsTable(comparisons)
  if (parity === null) return table
  const verdict = parity.isPassed ? 'are met within the tolerance' : 'are missed by more than the tolerance'
  return `${table}${paragraph(`The ${parity.rowCount} golden answers ${verdict}; the rows that used most of it:`)}${worstRowsTable(parity)}`
}

function sizeChart({ bytes: { source, float32, weights, modelJson, artifact } }: ConversionReport): string {
  const bars = [
    ['source file', source, false],
    ['weights, plain', float32, false],
    ['weights, stored', weights, true],
    ['model.json', modelJson, true],
    ['artifact', artifact, true],
  ] as const
  return barChart(
    'Bytes before and, in orange, after',
    bars.map(([name, amount, isMarked]) => ({ name, amount, text: bytesText(amount), isMarked })),
  )
}

function tensorChart({ tensors }: ConversionReport): string {
  const largest = [...tensors].sort((a, b) => b.byteLength - a.byteLength).slice(0, drawnTensors)
  return barChart(
    `${largest.length < tensors.length ? `The ${largest.length} largest of ${tensors.length} tensors` : 'Tensors'}; orange: larger than asked for`,
    largest.map((tensor) => ({
      name: tensor.name,
      amount: tensor.byteLength,
      text: `${bytesText(tensor.byteLength)} ${storedAsText(tensor)}`,
      isMarked: tensor.escalated !== undefined,
    })),
  )
}

function errors({ errors: histograms }: ConversionReport): string {
  if (histograms.length === 0) return paragraph('Every tensor holds what the source holds.')
  const largest = [...histograms].sort((a, b) => b.elementCount - a.elementCount).slice(0, drawnHistograms)
  const rest = histograms.length - largest.length
  return plots(largest.map(errorPlot)) + (rest > 0 ? paragraph(`… ${rest} more, of fewer elements`) : '')
}

function escalated({ tensors }: ConversionReport): string {
  const parts = tensors.flatMap((tensor) =>
    tensor.escalated === undefined ? [] : [[tensor.name, storedAsText(tensor), tensor.escalated]],
  )
  if (parts.length === 0) return paragraph('None: every tensor is stored as small as it was asked for, or losslessly.')
  return htmlTable(['tensor', 'stored as', 'why not smaller'], parts)
}

function schemaText({ outputs, classes }: ConversionReport['schema']): string {
  const given = paragraph(`A prediction has ${outputs.join(', ')}.`)
  return classes === undefined ? given : given + paragraph(`Classes: ${JSON.stringify(classes).slice(0, 2000)}`)
}
