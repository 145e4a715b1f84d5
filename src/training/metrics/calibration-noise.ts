// Scored rows in, the calibration error that chance alone would show on them out.

import { binOf, calibrationBinCount } from '../../monitoring/calibration-bins.ts'
import type { Interval } from '../../monitoring/interval.ts'
import { createSeededRandom, spreadSeed } from '../../rows/seeded-random.ts'
import { type BootstrapOptions, bootstrapResamples } from './bootstrap.ts'
import { percentileInterval } from './percentile-interval.ts'
import type { ScoredRows } from './scored-rows.ts'

/**
 * What a perfectly calibrated model with the same probabilities shows on as many rows by chance: the central 95 % of its
 * expected calibration error (consistency resampling: Bröcker and Smith, Weather and Forecasting 22, 2007). Resampling the
 * rows themselves would add their noise twice, as the error is never below 0.
 */
export function calibrationNoise(
  { rowCount, probability }: ScoredRows,
  { resamples = bootstrapResamples, seed = 0 }: BootstrapOptions = {},
): Interval {
  const random = createSeededRandom(spreadSeed(seed))
  const bins = Uint8Array.from(probability, (p) => binOf(p, calibrationBinCount))
  const expected = new Float64Array(calibrationBinCount)
  for (let i = 0; i < rowCount; i++) expected[bins[i]] += probability[i]
  const errors = new Float64Array(resamples)
  const excess = new Float64Array(calibrationBinCount)
  for (let draw = 0; draw < resamples; draw++) {
    excess.set(expected)
    for (let i = 0; i < rowCount; i++) if (random.uniform() < probability[i]) excess[bins[i]] -= 1
    errors[draw] = excess.reduce((sum, each) => sum + Math.abs(each), 0) / rowCount
  }
  return percentileInterval(errors)
}
