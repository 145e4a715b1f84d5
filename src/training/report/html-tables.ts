// Measures and drift in, tables for reports out.

import type { MeasureName, Measures } from '../metrics/measures.ts'
import { measureTitles, methodTexts } from './measure-titles.ts'
import type { ColumnDrift } from './column-drift.ts'
import { driftPlot } from './drift-plot.ts'
import { htmlTable, plots } from '../../page/html-page.ts'
import { intervalText, shareText } from './number-text.ts'

export function measuresTable({ measures }: Measures): string {
  return htmlTable(
    ['measure', 'value', '95 % interval', 'how'],
    Object.entries(measureTitles).map(([name, title]) => {
      const { value, interval, method } = measures[name as MeasureName]
      return [title, { number: shareText(value) }, intervalText(interval), methodTexts[method]]
    }),
  )
}

/** A plot and its numbers. */
export function driftSection(columns: readonly ColumnDrift[]): string {
  const table = htmlTable(
    ['feature', 'population stability index', 'Kolmogorov–Smirnov distance', 'p (Holm)'],
    columns.map(({ feature, psi, distance, p }) => [
      feature,
      { number: psi.toFixed(4) },
      { number: distance.toFixed(4) },
      { number: p.toExponential(1) },
    ]),
  )
  return plots([driftPlot(columns)]) + table
}
