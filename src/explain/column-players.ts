// A tree ensemble of a graph in; which player of the explanation each of its columns is, and which feature each player, out.

import type { RegionGraph } from '../regions/region.ts'
import type { TreeEnsemble } from '../regions/tree-ensemble.ts'

export type ColumnPlayers = {
  /** Player of each input column of the ensemble, counted from 0. */
  readonly playerOf: Int32Array
  readonly featureOfPlayer: readonly number[]
}

/**
 * Players are the columns that the source's trees saw: a scaled number, each one-hot column, an indicator. Folding tells
 * them where they are not simply the features; artifacts of before have no such list, and a player a feature then.
 * @param featureOf of each input column
 */
export function columnPlayers(
  graph: RegionGraph,
  { inputs }: Pick<TreeEnsemble, 'inputs'>,
  featureOf: readonly number[],
): ColumnPlayers {
  const numbers = new Map<string, number>()
  const featureOfPlayer: number[] = []
  const playerOf = Int32Array.from(inputs, ({ region, column }, input) => {
    const ranks = graph.regions[region]
    const known = ranks.kind === 'ranks' ? ranks.players?.[column] : undefined
    const key = known === undefined ? `feature ${featureOf[input]}` : `column ${region} ${known} ${featureOf[input]}`
    const found = numbers.get(key)
    if (found !== undefined) return found
    numbers.set(key, featureOfPlayer.length)
    return featureOfPlayer.push(featureOf[input]) - 1
  })
  return { playerOf, featureOfPlayer }
}
