// The columns of a row and of a reference in; the features whose columns differ out, in order: the players of a game.

import type { ColumnModel } from './column-model.ts'

/** Two missing values are equal. */
export function differingFeatures(
  { featureOf }: Pick<ColumnModel, 'featureOf'>,
  own: Float64Array,
  reference: Float64Array,
): number[] {
  const differs = featureOf.filter((_, column) => !Object.is(own[column] + 0, reference[column] + 0))
  return [...new Set(differs)].sort((a, b) => a - b)
}
