// What a run found in, one HTML page with its plots and tables out.

import type { ScoredRows } from '../metrics/scored-rows.ts'
import type { RunRecord } from '../run-record.ts'
import type { Lineage } from '../store/model-store.ts'
import type { RowSplit } from '../table/split-rows.ts'
import type { TrainingTable } from '../table/training-table.ts'
import { calibrationPlot } from './calibration-plot.ts'
import { columnDrift, judgedTrainRows } from './column-drift.ts'
import { confusionPlot } from './confusion-plot.ts'
import { driftSection, measuresTable } from './html-tables.ts'
import { type Cell, htmlPage, htmlTable, paragraph, plots, type Section } from '../../page/html-page.ts'
import { countText, intervalText, numberText, shareText } from './number-text.ts'
import { precisionRecallPlot, rocPlot, scorePlot } from './score-plots.ts'

export type TrainingReportInput = {
  readonly record: RunRecord
  readonly heldOut: ScoredRows
  readonly lineage: Lineage
  readonly table: TrainingTable
  readonly split: RowSplit
}

export function trainingReport(input: TrainingReportInput): string {
  const { record, heldOut, table, split } = input
  const drift = columnDrift({ table, rows: judgedTrainRows(table, split) }, { table, rows: split.heldOutRows })
  const sections: Section[] = [
    { title: 'Gates', body: gates(record) },
    { title: 'Measures on held-out rows', body: measuresTable(record.artifact) },
    { title: 'Plots', body: plots(heldOutPlots(record, heldOut)) },
    { title: 'Beside it', body: beside(record) },
    { title: 'Cross-validation', body: folds(record) },
    { title: 'Held-out rows against training rows', body: driftSection(drift) },
    { title: 'Single thresholds', body: thresholds(record) },
    { title: 'Lineage', body: lineageTable(input) },
  ]
  return htmlPage(`${record.name} ${record.version}`, sections)
}

export function heldOutPlots(
  { artifact, decision }: Pick<RunRecord, 'artifact' | 'decision'>,
  rows: ScoredRows,
): string[] {
  return [
    rocPlot(rows),
    precisionRecallPlot(rows),
    calibrationPlot(rows),
    scorePlot(rows, decision),
    confusionPlot(artifact.confusion, decision),
  ]
}

const number = (text: string): Cell => ({ number: text })

function gates({ gates: judged }: RunRecord): string {
  return htmlTable(
    ['gate', 'verdict', 'measured', 'bound', 'what'],
    judged.map(({ name, passed, measured, bound, text }) => [
      name,
      { verdict: passed },
      number(numberText(measured)),
      number(numberText(bound)),
      text,
    ]),
  )
}

function beside({ artifact, source, rule, bestReachable, majorityAccuracy, production }: RunRecord): string {
  const { accuracy } = artifact.measures
  const rows: Cell[][] = [
    ['this model, quantized', number(shareText(accuracy.value)), intervalText(accuracy.interval)],
    ['its source', number(shareText(source.measures.accuracy.value)), intervalText(source.measures.accuracy.interval)],
  ]
  if (rule !== null)
    rows.push([
      `rule ${rule.name}`,
      number(shareText(rule.measures.measures.accuracy.value)),
      intervalText(rule.measures.measures.accuracy.interval),
    ])
  if (bestReachable !== null) rows.push(['best reachable', number(shareText(bestReachable.accuracy)), ''])
  rows.push(['always the commoner answer', number(shareText(majorityAccuracy)), ''])
  const note =
    production === null
      ? ''
      : paragraph(
          `Accuracy less that of ${production.version}, which served before: ${shareText(production.difference)} (${intervalText(production.interval)}).`,
        )
  return htmlTable(['', 'accuracy', '95 % interval'], rows) + note
}

function folds({ folds: each, outOfFold }: RunRecord): string {
  const line = (name: string, values: readonly [number, number, number, number]): Cell[] => [
    name,
    number(countText(values[0])),
    ...values.slice(1).map((value) => number(shareText(value))),
  ]
  const { accuracy, rocAuc, brier } = outOfFold.measures
  return htmlTable(
    ['fold', 'rows', 'accuracy', 'ROC AUC', 'Brier score'],
    [
      ...each.map((fold, i) => line(`${i + 1}`, [fold.rowCount, fold.accuracy, fold.rocAuc, fold.brier])),
      line('all', [outOfFold.rowCount, accuracy.value, rocAuc.value, brier.value]),
    ],
  )
}

function thresholds({ thresholds: each }: RunRecord): string {
  return htmlTable(
    ['feature', 'threshold', 'accuracy on held-out rows', 'AUC alone'],
    each.map(({ feature, threshold, side, accuracy, auc }) => [
      feature,
      threshold === null ? 'all alike' : `${side} ${numberText(threshold)}`,
      number(shareText(accuracy)),
      number(shareText(auc)),
    ]),
  )
}

function lineageTable({ record, lineage }: TrainingReportInput): string {
  const { data } = record
  const facts: readonly (readonly [string, string])[] = [
    ['trained at', lineage.trainedAt],
    ['code', lineage.codeCommit ?? 'not in a repository'],
    ['framework', lineage.framework],
    ['estimator', record.estimator],
    ['parameters', JSON.stringify(lineage.parameters)],
    ['seed', String(lineage.seed)],
    ['split', record.split],
    ['data', `${data.file}, ${countText(data.rowCount)} rows (${data.origin}): ${data.description}`],
    ['SHA-256 of the data', lineage.dataSha256],
    ['SHA-256 of the source', lineage.sourceSha256],
    ['artifact', `${countText(record.bytes.artifact)} bytes`],
    [
      'latency',
      `p50 ${record.latency.p50Ms.toFixed(4)} ms, p95 ${record.latency.p95Ms.toFixed(4)} ms on ${record.latency.machine}`,
    ],
  ]
  return htmlTable(
    ['what', 'value'],
    facts.map((fact) => [...fact]),
  )
}
