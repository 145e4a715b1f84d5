// A model, what it knows of its features and calibration rows in; rows to round weights for, and others to measure on, out.

import type { Head } from '../../src/artifact/head.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import { usualSureness } from './answer-shift.ts'
import type { FeatureKnowledge } from './feature-knowledge.ts'
import { mayHaveOutliers, syntheticRows } from './synthetic-rows.ts'

const mostFreshRows = 512
/** Numbers that a set of rows may have: 32 MiB, of which a conversion holds some at a time. */
const mostNumbers = 1 << 22
const fewestRows = 64
/** Enough rows of real inputs to hold some back and measure on them. */
const calibrationToMeasure = 64
const fitSeed = 1
/** Weights that are only right for usual rows go wrong by the most on the first unusual one. */
const farShare = 0.2
const freshSeed = 2

export type MeasuringRows = {
  readonly toFit: (count: number) => readonly Float64Array[]
  /** Sets of rows that nothing was fitted to; answers must stay near on each. */
  readonly fresh: readonly (readonly Float64Array[])[]
  /** Of each set, the rows that say how far answers range. */
  readonly usual: readonly (readonly Float64Array[])[]
}

/** Of many calibration rows every fourth is held back to measure on. */
export function measuringRows(
  graph: RegionGraph,
  knowledge: readonly FeatureKnowledge[],
  { head, calibration = [] }: { readonly head: Head; readonly calibration?: readonly Float64Array[] },
): MeasuringRows {
  const unknownReach = reachOfUnknown(graph, knowledge, head)
  const isLinear = graph.regions.some(isLinearModel)
  const isEnough = calibration.length >= calibrationToMeasure
  const held = isEnough ? calibration.filter((_, index) => index % 4 === 3) : []
  const given = isEnough ? calibration.filter((_, index) => index % 4 !== 3) : calibration
  const freshCount = Math.min(mostFreshRows, rowsOfWidth(knowledge.length))
  const made = syntheticRows(knowledge, freshCount, { seed: freshSeed, unknownReach })
  const usual =
    isLinear && knowledge.some(mayHaveOutliers)
      ? syntheticRows(knowledge, freshCount, { seed: freshSeed, unknownReach, hasOutliers: false })
      : made
  return {
    toFit: (count) => [
      ...given,
      ...syntheticRows(knowledge, Math.max(0, count - given.length), { seed: fitSeed, farShare, unknownReach }),
    ],
    fresh: isEnough ? [held, made] : [made],
    usual: isEnough ? [held, usual] : [usual],
  }
}

/** How many rows of so many numbers a conversion makes at most. */
export function rowsOfWidth(width: number): number {
  return Math.max(fewestRows, Math.floor(mostNumbers / Math.max(1, width)))
}

/** A classifier that was fitted is sure of most answers; inputs that nobody scaled are at least so large that it is. */
const sure = 0.95
const largestReach = 1024
const surenessRows = 128

function reachOfUnknown(graph: RegionGraph, knowledge: readonly FeatureKnowledge[], head: Head): number {
  if ((head.kind !== 'classifier' && head.kind !== 'multilabel') || knowledge.every(isKnown)) return 1
  if (!graph.regions.some(isLinearModel)) return 1
  for (let reach = 1; reach <= largestReach; reach *= 2) {
    const rows = syntheticRows(knowledge, Math.min(surenessRows, rowsOfWidth(knowledge.length)), {
      seed: freshSeed,
      unknownReach: reach,
    })
    if (usualSureness(graph, head, rows) >= sure) return reach
  }
  return 1
}

function isLinearModel(region: Region): boolean {
  return region.kind === 'dense-chain' && region.layers.length === 1
}

/** Whether the model itself says how large the feature is; counts of terms are what they are, whatever reads them. */
export function isKnown({ feature, keys, spread }: FeatureKnowledge): boolean {
  const isOfText = feature.dtype === 'text' || feature.of !== undefined
  return isOfText || !feature.used || keys.length > 0 || spread !== undefined
}
