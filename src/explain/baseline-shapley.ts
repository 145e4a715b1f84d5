// A model of columns, a row and a reference row in; exact Shapley values of the features against that reference out.

import { coalitionGame } from './coalition-game.ts'
import type { ColumnModel } from './column-model.ts'
import { differingFeatures } from './differing-features.ts'
import type { DenseChain } from '../regions/dense-chain.ts'

/** 4,096 answers of the model; each feature more doubles that, and beyond it `sampledShapley` estimates. */
export const mostExactPlayers = 12

/** Rows between two chances for others to have their turn. */
const rowsAtOnce = 32

export type ShapleyCall = {
  /** Columns of the row and of the reference, as the region reads them. */
  readonly own: Float64Array
  readonly reference: Float64Array
  readonly output: number
  /** Gives others their turn where it is time to; throws where the caller has left. */
  readonly pause: () => Promise<void> | undefined
}

/** A network's own layers make many answers of few additions. */
export type ExactModel = Pick<ColumnModel, 'run' | 'featureOf'> & { readonly chain?: DenseChain | undefined }

/**
 * Baseline Shapley (Sundararajan & Najmi 2020, "The many Shapley values for model explanation"): the game in which the
 * features of a coalition have the row's values and the others the reference's. Features that are equal in both add 0 and
 * are no players.
 * At most 12 features differ.
 * @throws what `pause` throws
 */
export async function baselineShapley(
  model: ExactModel,
  { own, reference, output, pause }: ShapleyCall,
  featureCount: number,
): Promise<Float64Array> {
  const { featureOf } = model
  const values = new Float64Array(featureCount)
  const players = differingFeatures(model, own, reference)
  const count = players.length
  const bitOf = featureOf.map((feature) => players.indexOf(feature))
  const answerOf = coalitionGame(model, { own, reference, bitOf, count, output })
  const game = new Float64Array(2 ** count)
  for (let coalition = 0; coalition < game.length; coalition++) {
    const turn = coalition % rowsAtOnce === 0 ? pause() : undefined
    if (turn !== undefined) await turn
    game[coalition] = answerOf(coalition)
  }
  const weights = joiningWeights(count)
  players.forEach((feature, player) => (values[feature] = shapleyValue(game, player, weights)))
  return values
}

/** By coalition: |S|!·(n − |S| − 1)! / n!, the weight of what a player adds who joins it. */
function joiningWeights(count: number): Float64Array {
  const bySize = new Float64Array(count + 1)
  let weight = 1 / count
  for (let size = 0; size < count; size++) {
    bySize[size] = weight
    weight *= (size + 1) / (count - size - 1)
  }
  const sizes = new Uint8Array(2 ** count)
  const weights = new Float64Array(sizes.length)
  for (let coalition = 0; coalition < sizes.length; coalition++) {
    sizes[coalition] = sizes[coalition >> 1] + (coalition & 1)
    weights[coalition] = bySize[sizes[coalition]]
  }
  return weights
}

function shapleyValue(game: Float64Array, player: number, weights: Float64Array): number {
  const bit = 1 << player
  let value = 0
  for (let coalition = 0; coalition < game.length; coalition++)
    if ((coalition & bit) === 0) value += weights[coalition] * (game[coalition | bit] - game[coalition])
  return value
}
