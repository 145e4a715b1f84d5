// Cards and pages: what they say of a run, and what they never hold.
import { expect, test } from 'vitest'
import { judge } from '../../../src/training/judge/gates.ts'
import { measure } from '../../../src/training/metrics/measures.ts'
import { scoredRows } from '../../../src/training/metrics/scored-rows.ts'
import { calibrationPlot } from '../../../src/training/report/calibration-plot.ts'
import { modelCard } from '../../../src/training/report/model-card.ts'
import { columnDrift, judgedTrainRows } from '../../../src/training/report/column-drift.ts'
import { driftPlot } from '../../../src/training/report/drift-plot.ts'
import { precisionRecallPlot, rocPlot, scorePlot } from '../../../src/training/report/score-plots.ts'
import { escapeXml, svgPlot } from '../../../src/page/svg-plot.ts'
import { trainingReport } from '../../../src/training/report/training-report.ts'
import type { RunRecord } from '../../../src/training/run-record.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'
import { parseTable } from '../../../src/training/table/parse-table.ts'
import { splitRows } from '../../../src/training/table/split-rows.ts'
import { sampleConfig, sampleCsv } from '../sample-table.ts'

const random = createSeededRandom(2)
const probability = Float64Array.from({ length: 300 }, () => random.uniform())
const rows = scoredRows(
  Uint8Array.from(probability, (p) => (random.uniform() < p ? 1 : 0)),
  probability,
)
const measures = measure(rows, { resamples: 20 })
const latency = { count: 3000, p50Ms: 0.01, p95Ms: 0.02, machine: 'Some Processor, 2 logical cores' }
const record: RunRecord = {
  name: 'sample',
  version: '1.0.0',
  framework: 'scikit-learn 1.9.1',
  estimator: 'LogisticRegression',
  data: {
    file: 'data/rows.csv',
    origin: 'synthetic',
    description: 'Rows <drawn> & told',
    sha256: 'ab'.repeat(32),
    rowCount: 12_345,
    trainRowCount: 9000,
    heldOutRowCount: 300,
    sharedRowCount: 2,
    featureCount: 3,
  },
  split: 'stratified by class, 25 % held out',
  seed: 7,
  parameters: {},
  decision: sampleConfig.decision,
  artifact: measures,
  source: measures,
  outOfFold: measures,
  folds: [{ rowCount: 1800, accuracy: 0.81, rocAuc: 0.9, brier: 0.1 }],
  rule: { name: 'sample_rule', measures },
  bestReachable: { accuracy: 0.8123, brier: 0.1, logLoss: 0.3 },
  majorityAccuracy: 0.5123,
  thresholds: [{ feature: 'a', threshold: 1.25, side: 'at least', auc: 0.7, accuracy: 0.6543 }],
  production: { version: '0.9.0', difference: 0.01, interval: [-0.01, 0.03] },
  bytes: { artifact: 12_000, weights: 4000, source: 50_000 },
  parity: { rowCount: 300, labelFlips: 0, largest: 0.0012 },
  latency,
  gates: judge({
    config: sampleConfig.gates,
    artifact: measures,
    quantizationLoss: 0,
    parity: { rowCount: 300, use: 0.5 },
    p95Ms: 0.02,
    byteLength: 12_000,
    production: { kind: 'none' },
  }),
}

test.each([
  'LogisticRegression (scikit-learn 1.9.1)',
  measures.measures.accuracy.value.toFixed(4),
  '0.8123',
  'the rule `sample_rule`',
  'best single threshold: a at least 1.25 | 0.6543',
  '0.5123',
  'less that of 0.9.0',
  '**synthetic**',
  '[simulate.mjs](simulate.mjs)',
  '12,345 rows',
  '2 held-out rows equal a row that was trained on',
  'Some Processor',
  'what a perfectly calibrated model shows by chance',
  'calibration.svg',
])('a card says %s', (part) => {
  expect(modelCard(record)).toContain(part)
})

test('a card of real data names no simulator', () => {
  const card = modelCard({ ...record, data: { ...record.data, origin: 'real' }, bestReachable: null })
  expect(card).not.toMatch(/simulat|synthetic|reachable/i)
})

test('a card has no time of day, and is the same each time', () => {
  expect(modelCard(record)).not.toMatch(/20\d\d-\d\d/)
  expect(modelCard(record)).toBe(modelCard(structuredClone(record)))
})

const config = { data: sampleConfig.data, split: sampleConfig.split }
const table = parseTable(new TextEncoder().encode(sampleCsv()), 'rows.csv', config)
const lineage = {
  dataSha256: '',
  sourceSha256: '',
  codeCommit: null,
  parameters: { alpha: '</td><script>' },
  framework: 'scikit-learn 1.9.1',
  seed: 7,
  trainedAt: '2026-03-01T12:00:00.000Z',
  metrics: null,
  gates: [],
}
const page = trainingReport({ record, heldOut: rows, lineage, table, split: splitRows(table, sampleConfig.split) })

test('a page needs nothing from elsewhere and runs nothing', () => {
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=/i)
  const addresses = page.match(/https?:\/\/[^"'\s<]*/g) ?? []
  expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']))
})

test('a page has the plots, the gates, the drift of each feature and the lineage, with text escaped', () => {
  expect(page.match(/<svg/g)).toHaveLength(6)
  for (const part of [
    'Gates',
    'ROC, area',
    'Precision and recall',
    'Calibration',
    'Scores of each class',
    'Lineage',
    '2026-03-01',
  ])
    expect(page).toContain(part)
  expect(page).toContain('&#60;script&#62;')
})

test('a curve of probabilities that order the rows perfectly has an area of 1', () => {
  const perfect = scoredRows(Uint8Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.2, 0.8, 0.9))
  expect(rocPlot(perfect)).toContain('ROC, area 1.0000')
  expect(precisionRecallPlot(perfect)).toContain('average precision 1.0000')
})

test.each([
  ['ROC', rocPlot(rows)],
  ['precision and recall', precisionRecallPlot(rows)],
  ['calibration', calibrationPlot(rows)],
  ['scores', scorePlot(rows, sampleConfig.decision)],
])('the plot of %s has no number that is none, and is the same each time', (_name, svg) => {
  expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  expect(svg.trim().endsWith('</svg>')).toBe(true)
})

test('a plot puts points where they belong', () => {
  const svg = svgPlot({
    title: 'a & b',
    xLabel: 'x',
    yLabel: 'y',
    x: [0, 1],
    y: [0, 1],
    marks: [
      {
        kind: 'dots',
        points: [
          [0, 0],
          [1, 1],
        ],
        color: '#000',
      },
    ],
  })
  // left edge 56 and bottom 340 − 46; right 420 − 14 and top 34
  expect(svg).toContain('cx="56" cy="294"')
  expect(svg).toContain('cx="406" cy="34"')
  expect(svg).toContain('a &#38; b')
})

test('signs with a meaning in XML are escaped', () => {
  expect(escapeXml('<a b="c">&')).toBe('&#60;a b=&#34;c&#34;&#62;&#38;')
})

test('equal rows have no drift, and moved ones have', () => {
  const all = Int32Array.from({ length: table.rowCount }, (_, row) => row)
  for (const { psi, distance, p } of columnDrift({ table, rows: all }, { table, rows: all }))
    expect([psi, distance, p]).toEqual([0, 0, 1])
  const moved = { ...table, features: table.features.map((value, i) => (i % 3 === 1 ? value + 1 : value)) }
  const drift = columnDrift({ table, rows: all }, { table: moved, rows: all })
  expect(drift.map(({ psi }) => psi > 0.25)).toEqual([false, true, false])
})

test('a plot of drift has each feature with its number, and ends a bar at the edge', () => {
  const svg = driftPlot([
    { feature: 'a<b', psi: 0.05, distance: 0, p: 1 },
    { feature: 'c', psi: 7, distance: 1, p: 0 },
  ])
  for (const part of ['a&#60;b', '0.050', '7.000']) expect(svg).toContain(part)
  expect([...svg.matchAll(/ width="([\d.]+)"/g)].map(([, text]) => Number(text)).every((each) => each <= 640)).toBe(
    true,
  )
})

test('rows that may not be judged are none to compare with', () => {
  const some = { ...table, isJudged: table.isJudged.map((_, row) => row % 2) }
  expect(judgedTrainRows(some, { trainRows: Int32Array.of(1, 2, 3, 4) })).toEqual(Int32Array.of(1, 3))
})
