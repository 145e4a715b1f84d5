// Scored rows in; SVGs of the ROC curve with its band, of precision and recall, and of the scores of each class out.

import { rocAuc, type RowWeights } from '../../monitoring/roc-auc.ts'
import { percentileInterval } from '../metrics/percentile-interval.ts'
import { averagePrecision, curvePoints } from '../metrics/ranking.ts'
import type { ScoredRows } from '../metrics/scored-rows.ts'
import { createSeededRandom, spreadSeed } from '../../rows/seeded-random.ts'
import { guideLine, type Point, plotColors, svgPlot } from '../../page/svg-plot.ts'

/** Of the band; a drawn line needs fewer than a stated interval. */
const bandResamples = 300
const bandSteps = 40

/** The band is the pointwise 95 % bootstrap interval of the true positive rate at each false positive rate. */
export function rocPlot(rows: ScoredRows): string {
  const curve = rocCurve(rows)
  const rates = Array.from({ length: bandSteps + 1 }, (_, i) => i / bandSteps)
  const draws = rates.map(() => new Float64Array(bandResamples))
  const random = createSeededRandom(spreadSeed(1))
  const weights = new Int32Array(rows.rowCount)
  for (let draw = 0; draw < bandResamples; draw++) {
    weights.fill(0)
    for (let i = 0; i < rows.rowCount; i++) weights[random.integer(rows.rowCount)] += 1
    const points = rocCurve(rows, weights)
    rates.forEach((rate, i) => (draws[i][draw] = heightAt(points, rate)))
  }
  const intervals = draws.map(percentileInterval)
  return svgPlot({
    title: `ROC, area ${rocAuc(rows).toFixed(4)}`,
    xLabel: 'false positive rate',
    yLabel: 'true positive rate',
    x: [0, 1],
    y: [0, 1],
    marks: [
      {
        kind: 'band',
        upper: rates.map((rate, i): Point => [rate, intervals[i][1]]),
        lower: rates.map((rate, i): Point => [rate, intervals[i][0]]),
        color: plotColors.band,
      },
      guideLine([0, 0], [1, 1]),
      { kind: 'line', points: thinned(curve), color: plotColors.model },
    ],
  })
}

export function precisionRecallPlot(rows: ScoredRows): string {
  const positives = rows.truth.reduce((sum, value) => sum + value, 0)
  const curve = curvePoints(rows).map(
    ({ truePositives, falsePositives }): Point => [
      truePositives / positives,
      truePositives / (truePositives + falsePositives),
    ],
  )
  const base = positives / rows.rowCount
  return svgPlot({
    title: `Precision and recall, average precision ${averagePrecision(rows).toFixed(4)}`,
    xLabel: 'recall',
    yLabel: 'precision',
    x: [0, 1],
    y: [0, 1],
    marks: [guideLine([0, base], [1, base]), { kind: 'line', points: thinned(curve), color: plotColors.model }],
  })
}

const histogramBins = 25

export function scorePlot(rows: ScoredRows, names: { readonly positive: string; readonly negative: string }): string {
  const counts = [new Int32Array(histogramBins), new Int32Array(histogramBins)]
  for (let i = 0; i < rows.rowCount; i++)
    counts[rows.truth[i]][Math.min(histogramBins - 1, Math.floor(rows.probability[i] * histogramBins))] += 1
  const bars = (counted: Int32Array, from: number, to: number) =>
    Array.from(counted, (y, bin) => ({ x0: (bin + from) / histogramBins, x1: (bin + to) / histogramBins, y }))
  return svgPlot({
    title: 'Scores of each class',
    xLabel: 'probability given',
    yLabel: 'rows',
    x: [0, 1],
    y: [0, roundedUp(Math.max(...counts[0], ...counts[1]))],
    marks: [
      { kind: 'bars', bars: bars(counts[0], 0.08, 0.5), color: plotColors.other },
      { kind: 'bars', bars: bars(counts[1], 0.5, 0.92), color: plotColors.model },
    ],
    legend: [
      { text: names.negative, color: plotColors.other },
      { text: names.positive, color: plotColors.model },
    ],
  })
}

/** To five equal ticks of one or two digits. */
function roundedUp(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1) * 5
  return Math.ceil(Math.max(1, count) / step) * step
}

function rocCurve(rows: ScoredRows, weights?: RowWeights): Point[] {
  const points = curvePoints(rows, weights)
  const { truePositives: positives, falsePositives: negatives } = points[points.length - 1]
  return [
    [0, 0],
    ...points.map(
      ({ truePositives, falsePositives }): Point => [falsePositives / negatives, truePositives / positives],
    ),
  ]
}

/** Interpolated between the points of a rising curve. */
function heightAt(points: readonly Point[], x: number): number {
  let low = 0
  let high = points.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (points[middle][0] <= x) low = middle
    else high = middle
  }
  const [[x0, y0], [x1, y1]] = [points[low], points[high]]
  return x1 === x0 || x >= x1 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}

/** Most points of a drawn line: more are less than a pixel apart. */
const drawnPoints = 400

function thinned(points: readonly Point[]): Point[] {
  const step = Math.max(1, Math.floor(points.length / drawnPoints))
  return points.filter((_, i) => i % step === 0 || i === points.length - 1)
}
