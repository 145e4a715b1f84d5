// What a hasher of very many columns is in the input of a graph: where its columns stand, and who made them.

import { createError } from '../../../../src/errors.ts'
import { describePlace, type Place } from '../place.ts'

export type SlotBlock = {
  /** The first of its neighbouring columns of region 0. */
  readonly start: number
  /** How many columns it hashes to. */
  readonly count: number
  readonly signed: boolean
  /** The text that it reads, and which of that text's vectorizers it is; undefined where rows are dicts. */
  readonly text?: { readonly feature: number; readonly reader: number }
  readonly place: Place
}

/** Hashers of fewer columns are read as they are: rows hold them easily. */
export const fewestSlots = 4096

/** As many as hashers have unless told otherwise: each costs some hundred bytes while a model is converted. */
const mostOfOne = 2 ** 20

/** Words and characters, each of two texts. */
const mostOfAll = 2 ** 22

/** @throws LIMIT_EXCEEDED where the last one is more than a conversion can hold */
export function assertSlotCount(blocks: readonly SlotBlock[]): void {
  const { count, place } = blocks[blocks.length - 1]
  const all = blocks.reduce((sum, block) => sum + block.count, 0)
  if (count <= mostOfOne && all <= mostOfAll) return
  throw createError(
    'LIMIT_EXCEEDED',
    `${describePlace(place)}: n_features of ${count}, and ${all} of all hashers, are more than the limits of ${mostOfOne} and ` +
      `${mostOfAll}, since converting looks at each; fit it with n_features up to 2**20, the default.`,
  )
}
