// Rows of float64 features in; their means and deviations, and the standardized rows that a network reads, out.

import { createError } from '../../errors.ts'
import type { TrainingJob } from '../trainer.ts'

/** One entry a feature: a network reads (x − mean) / scale, computed in double and rounded to float32 once. */
export type ColumnScales = { readonly mean: Float64Array; readonly scale: Float64Array }

type Table = Pick<TrainingJob, 'features'> & { readonly width: number }

/** Population deviation, as scikit-learn's StandardScaler; 1 for a column that never changes. */
export function columnScales({ features, width }: Table, rows: Int32Array): ColumnScales {
  const mean = new Float64Array(width)
  const scale = new Float64Array(width)
  for (let column = 0; column < width; column++) {
    let sum = 0
    for (const row of rows) sum += features[row * width + column]
    mean[column] = sum / rows.length
    let squares = 0
    for (const row of rows) squares += (features[row * width + column] - mean[column]) ** 2
    scale[column] = Math.sqrt(squares / rows.length) || 1
  }
  return { mean, scale }
}

/** Row-major [rows.length, width]. */
export function standardRows(
  { features, width }: Table,
  rows: Int32Array,
  { mean, scale }: ColumnScales,
): Float32Array {
  const standard = new Float32Array(rows.length * width)
  for (let i = 0; i < rows.length; i++)
    for (let column = 0; column < width; column++)
      standard[i * width + column] = (features[rows[i] * width + column] - mean[column]) / scale[column]
  return standard
}

/** @throws INPUT_INVALID for a value that no network can read */
export function assertFiniteFeatures({ features, config }: TrainingJob): void {
  const names = config.data.features
  const at = features.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  const [row, feature] = [Math.floor(at / names.length), names[at % names.length]]
  throw createError(
    'INPUT_INVALID',
    `row ${row + 1} of ${config.data.file}: ${feature} must be a finite number for a layers model, got ${Number.isNaN(features[at]) ? 'a missing value' : features[at]}. Fill it, and add a column that says so, or train with scikit-learn`,
    { details: { row, feature } },
  )
}
