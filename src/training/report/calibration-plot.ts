// Scored rows in, an SVG of how often what was said with a probability happened out.

import { calibrationBins, calibrationError } from '../../monitoring/calibration-bins.ts'
import { wilsonInterval } from '../../monitoring/interval.ts'
import type { ScoredRows } from '../metrics/scored-rows.ts'
import { guideLine, plotColors, svgPlot } from '../../page/svg-plot.ts'

/** Ten equal bins; the bars are Wilson's 95 % intervals of the observed share, the line is the ideal. */
export function calibrationPlot(rows: ScoredRows): string {
  const bins = calibrationBins(rows)
  return svgPlot({
    title: `Calibration, expected error ${calibrationError(rows).toFixed(4)}`,
    xLabel: 'mean predicted probability of the bin',
    yLabel: 'observed share',
    x: [0, 1],
    y: [0, 1],
    marks: [
      guideLine([0, 0], [1, 1]),
      {
        kind: 'errors',
        color: plotColors.model,
        intervals: bins.map(({ meanProbability, positives, rowCount }) => {
          const [low, high] = wilsonInterval(positives, rowCount)
          return { x: meanProbability, low, high }
        }),
      },
      {
        kind: 'dots',
        color: plotColors.model,
        points: bins.map(({ meanProbability, positives, rowCount }) => [meanProbability, positives / rowCount]),
      },
    ],
  })
}
