// Measures and drift in, tables for reports out.

import type { MeasureName, Measures } from '../metrics/measures.ts'
import { measureTitles, methodTexts } from './card.ts'
import type { ColumnDrift } from './column-drift.ts'
import { htmlTable } from './html-page.ts'
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

export function driftTable(columns: readonly ColumnDrift[]): string {
  return htmlTable(
    ['feature', 'population stability index', 'Kolmogorov–Smirnov distance', 'p (Holm)'],
    columns.map(({ feature, psi, distance, p }) => [
      feature,
      { number: psi.toFixed(4) },
      { number: distance.toFixed(4) },
      { number: p.toExponential(1) },
    ]),
  )
}
