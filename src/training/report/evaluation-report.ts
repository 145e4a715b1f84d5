// What an evaluation found in, one HTML page with its plots and tables out.

import type { Measures } from '../metrics/measures.ts'
import type { ScoredRows } from '../metrics/scored-rows.ts'
import type { Decision } from '../training-config.ts'
import type { ColumnDrift } from './column-drift.ts'
import { htmlPage, htmlTable, paragraph, plots } from '../../page/html-page.ts'
import { driftSection, measuresTable } from './html-tables.ts'
import { countText, intervalText, shareText } from './number-text.ts'
import { heldOutPlots } from './training-report.ts'

/** What an evaluation found; plain JSON. */
export type EvaluateResult = {
  readonly name: string
  readonly version: string
  /** The CSV, and how many of its rows were judged. */
  readonly data: string
  readonly measures: Measures
  readonly rule: { readonly name: string; readonly measures: Measures }
  readonly accuracyFloor: number
  /** Whether the accuracy reaches the floor of training.json. */
  readonly passed: boolean
  /** Of each feature, against those of the rows to train on that may be judged. */
  readonly drift: readonly ColumnDrift[]
}

export function evaluationReport(found: EvaluateResult, rows: ScoredRows, decision: Decision): string {
  const { name, version, data, measures, rule, accuracyFloor, passed, drift } = found
  const { accuracy } = measures.measures
  const ruleAccuracy = rule.measures.measures.accuracy
  return htmlPage(`${name} ${version} on ${data}`, [
    {
      title: 'Accuracy',
      body:
        paragraph(
          `Of ${countText(measures.rowCount)} rows ${shareText(accuracy.value)} (95 %: ${intervalText(accuracy.interval)}) were decided rightly; the floor of ${accuracyFloor} was ${passed ? 'reached' : 'missed'}.`,
        ) +
        htmlTable(
          ['', 'accuracy', '95 % interval'],
          [
            [`${name} ${version}`, { number: shareText(accuracy.value) }, intervalText(accuracy.interval)],
            [`rule ${rule.name}`, { number: shareText(ruleAccuracy.value) }, intervalText(ruleAccuracy.interval)],
          ],
        ),
    },
    { title: 'Measures', body: measuresTable(measures) },
    { title: 'Plots', body: plots(heldOutPlots({ artifact: measures, decision }, rows)) },
    { title: 'These rows against training rows', body: driftSection(drift) },
  ])
}
