// A model of columns, a row and a reference row in; estimates of the Shapley values of many features, with their errors, out.

import { createError } from '../errors.ts'
import { createSeededRandom, shuffle } from '../rows/seeded-random.ts'
import type { ShapleyCall } from './baseline-shapley.ts'
import type { ColumnModel } from './column-model.ts'
import { differingFeatures } from './differing-features.ts'

/** Two answers a player for each pair of orders: some 10 to 100 ms of most models. */
const mostAnswers = 16_384
const fewestPairs = 8
const mostPairs = 128

/** 65,536 answers; texts of so many different terms are books. */
const mostPlayers = 4096

export type SampledValues = {
  /** One a feature. */
  readonly values: Float64Array
  /** Of each value: the standard deviation of a pair's part ÷ √(pairs). */
  readonly standardErrors: Float64Array
}

/**
 * Permutation sampling (Castro, Gómez & Tejada 2009, "Polynomial calculation of the Shapley value based on sampling"), each
 * order walked forwards and backwards (Mitchell et al. 2022, "Sampling permutations for Shapley value estimation"). Every
 * walk adds up to the difference of the two answers, and so do the values. The orders are the same at each call.
 * @throws UNSUPPORTED where more than 4,096 features differ; what `pause` throws
 */
export async function sampledShapley(
  model: Pick<ColumnModel, 'run' | 'featureOf'>,
  { own, reference, output, pause }: ShapleyCall,
  featureCount: number,
): Promise<SampledValues> {
  const players = differingFeatures(model, own, reference)
  if (players.length > mostPlayers) throw tooManyPlayers(players.length)
  const columnsOf = columnsOfPlayers(model.featureOf, players)
  const pairs = Math.max(fewestPairs, Math.min(mostPairs, Math.floor(mostAnswers / (2 * players.length))))
  const random = createSeededRandom(1)
  const order = Int32Array.from(players.keys())
  const mixed = new Float64Array(own.length)
  const part = new Float64Array(players.length)
  const sum = new Float64Array(players.length)
  const squares = new Float64Array(players.length)
  const base = model.run(reference)[output]

  async function walk(isBackwards: boolean): Promise<void> {
    mixed.set(reference)
    let before = base
    for (let step = 0; step < order.length; step++) {
      const turn = pause()
      if (turn !== undefined) await turn
      const player = order[isBackwards ? order.length - 1 - step : step]
      for (const column of columnsOf[player]) mixed[column] = own[column]
      const after = model.run(mixed)[output]
      part[player] += (after - before) / 2
      before = after
    }
  }

  for (let pair = 0; pair < pairs; pair++) {
    shuffle(order, random)
    part.fill(0)
    await walk(false)
    await walk(true)
    for (let i = 0; i < part.length; i++) {
      sum[i] += part[i]
      squares[i] += part[i] * part[i]
    }
  }
  const values = new Float64Array(featureCount)
  const standardErrors = new Float64Array(featureCount)
  players.forEach((feature, i) => {
    const mean = sum[i] / pairs
    const variance = Math.max(0, squares[i] / pairs - mean * mean) * (pairs / (pairs - 1))
    values[feature] = mean
    standardErrors[feature] = Math.sqrt(variance / pairs)
  })
  return { values, standardErrors }
}

function columnsOfPlayers(featureOf: readonly number[], players: readonly number[]): readonly number[][] {
  const columns = new Map(players.map((feature): [number, number[]] => [feature, []]))
  featureOf.forEach((feature, column) => columns.get(feature)?.push(column))
  return [...columns.values()]
}

function tooManyPlayers(count: number): Error {
  return createError(
    'UNSUPPORTED',
    `Shapley values are estimated for up to ${mostPlayers} features that differ from the reference, got ${count}. ` +
      'Give a reference that is equal to the row in more features',
    { details: { features: count, most: mostPlayers } },
  )
}
