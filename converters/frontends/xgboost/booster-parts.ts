// What a booster is to the model around it: its outputs, its features and the regions that answer.

import type { FeatureSchema } from '../../../src/artifact/schema.ts'
import type { Region } from '../../../src/regions/region.ts'

export type BoosterParts = {
  /** Number of raw columns. */
  readonly width: number
  /** 0 for linear boosters. */
  readonly treeCount: number
  readonly features: readonly FeatureSchema[]
  /** All regions, the last of which gives the margins; `margins` are added to what the booster gives. */
  readonly regionsOf: (margins: Float64Array) => readonly Region[]
}
