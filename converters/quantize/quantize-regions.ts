// A folded region graph and a mode in; its tables as they are stored, and the graph that a reader gets back, out.

import type { EncodingChoice } from '../../src/artifact/encode-tensor.ts'
import type { Head } from '../../src/artifact/head.ts'
import type { ModelSchema } from '../../src/artifact/schema.ts'
import type { DenseChain } from '../../src/regions/dense-chain.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import type { TreeEnsemble } from '../../src/regions/tree-ensemble.ts'
import { answerBound } from './answer-bound.ts'
import { type AnswerShift, createShiftMeter, rawRanges, usualSureness } from './answer-shift.ts'
import { composedParts, isBounded } from './composed-parts.ts'
import { chooseComposed } from './composed-storage.ts'
import { chooseDenseChain, type ChosenChain } from './dense-chain-choice.ts'
import { affordableRows } from './dense-chain-storage.ts'
import { type FeatureKnowledge, featureKnowledge } from './feature-knowledge.ts'
import { assertFiniteTables } from './finite-tables.ts'
import { type ChosenLeaves, chooseLeafValues } from './leaf-values.ts'
import type { QuantizeMode } from './quantize-mode.ts'
import { chosenParts, storedRegion, storeQuantized, type QuantizedModel } from './quantized-tensors.ts'
import { syntheticRows } from './synthetic-rows.ts'
import { tablesOf } from './formula-tables.ts'

export type QuantizeOptions = {
  readonly mode: QuantizeMode
  readonly schema: ModelSchema
  readonly head: Head
  /** Canonical rows to round for; made up from what the model knows where there are none. */
  readonly calibration?: readonly Float64Array[]
  /** 0, or one more than the last result's level where golden answers refused that. @default 0 */
  readonly firstLevel?: number
  /** True where golden answers are compared afterwards. @default false */
  readonly isJudged?: boolean
}

export type { EncodingChoice, QuantizedModel }

const freshRowCount = 512
/** Enough rows of real inputs to hold some back and measure on them. */
const calibrationToMeasure = 64
const fitSeed = 1
/** Weights that are only right for usual rows go wrong by the most on the first unusual one. */
const farShare = 0.2
const freshSeed = 2

/** @throws FILE_CORRUPT where a weight is NaN or infinite */
export function quantizeRegions(graph: RegionGraph, options: QuantizeOptions): QuantizedModel {
  assertFiniteTables(graph)
  const knowledge = featureKnowledge(graph, options.schema)
  const rows = rowsFor(knowledge, {
    ...options,
    unknownReach: unknownReach(graph, knowledge, options.head),
    isLinear: graph.regions.some(isLinearModel),
  })
  const storage = storageOfComposed(graph, rows, options)
  graph.regions.forEach((region, index) => {
    if (region.kind === 'tree-ensemble' && isBounded(graph, index, options.head))
      storage.set(index, storageOfTrees(graph, index, { region, rows, options }))
    if (region.kind === 'dense-chain')
      storage.set(index, storageOfChain(graph, index, { region, rows, knowledge, options }))
  })
  return storeQuantized(graph, storage)
}

type Rows = {
  readonly toFit: (count: number) => readonly Float64Array[]
  /** Sets of rows that nothing was fitted to; answers must stay near on each. */
  readonly fresh: readonly (readonly Float64Array[])[]
  /** Of each set, the rows that say how far answers range. */
  readonly usual: readonly (readonly Float64Array[])[]
}

/** Of many calibration rows every fourth is held back to measure on. */
function rowsFor(
  knowledge: readonly FeatureKnowledge[],
  {
    calibration = [],
    unknownReach,
    isLinear,
  }: QuantizeOptions & {
    readonly unknownReach: number
    readonly isLinear: boolean
  },
): Rows {
  const isEnough = calibration.length >= calibrationToMeasure
  const held = isEnough ? calibration.filter((_, index) => index % 4 === 3) : []
  const given = isEnough ? calibration.filter((_, index) => index % 4 !== 3) : calibration
  const made = syntheticRows(knowledge, freshRowCount, { seed: freshSeed, unknownReach })
  const usual = syntheticRows(knowledge, freshRowCount, { seed: freshSeed, unknownReach, hasOutliers: !isLinear })
  return {
    toFit: (count) => [
      ...given,
      ...syntheticRows(knowledge, Math.max(0, count - given.length), { seed: fitSeed, farShare, unknownReach }),
    ],
    fresh: isEnough ? [held, made] : [made],
    usual: isEnough ? [held, usual] : [usual],
  }
}

/** A classifier that was fitted is sure of most answers; inputs that nobody scaled are at least so large that it is. */
const sure = 0.95
const largestReach = 1024
const surenessRows = 128

function unknownReach(graph: RegionGraph, knowledge: readonly FeatureKnowledge[], head: Head): number {
  if ((head.kind !== 'classifier' && head.kind !== 'multilabel') || knowledge.every(isKnown)) return 1
  if (!graph.regions.some(isLinearModel)) return 1
  for (let reach = 1; reach <= largestReach; reach *= 2) {
    const rows = syntheticRows(knowledge, surenessRows, { seed: freshSeed, unknownReach: reach })
    if (usualSureness(graph, head, rows) >= sure) return reach
  }
  return 1
}

/** Multiplications and tests that one measurement may take: a second or so. */
const measuredOperations = 4e8
const fewestMeasured = 64

function storageOfComposed(graph: RegionGraph, rows: Rows, { mode, head, firstLevel = 0 }: QuantizeOptions) {
  const parts = composedParts(graph, mode, head)
  const count = Math.max(fewestMeasured, Math.floor(measuredOperations / Math.max(1, numbersOf(graph))))
  // made on first need: most parts have no choice
  let meters: ((stored: RegionGraph) => AnswerShift)[] | undefined
  const chosen = chooseComposed(graph, parts, {
    measure: (stored) => {
      meters ??= rows.fresh.map((fresh, set) =>
        createShiftMeter(graph, head, {
          rows: fresh.slice(0, count),
          usualRows: rows.usual[set].slice(0, count),
          isStrict: true,
        }),
      )
      return worstShift(meters.map((meter) => meter(stored)))
    },
    firstLevel,
  })
  return chosenParts(parts, chosen)
}

function numbersOf({ regions }: RegionGraph): number {
  return regions.flatMap(tablesOf).reduce((sum, [, { values }]) => sum + values.length, 0)
}

function worstShift(shifts: readonly AnswerShift[]): AnswerShift {
  return shifts.reduce((worst, shift) => (shift.barUse > worst.barUse ? shift : worst))
}

function storageOfTrees(
  graph: RegionGraph,
  index: number,
  { region, rows, options }: { readonly region: TreeEnsemble; readonly rows: Rows; readonly options: QuantizeOptions },
): ChosenLeaves {
  const { head, mode, firstLevel = 0 } = options
  const needsRanges = head.kind === 'regressor' || head.kind === 'transformer'
  const ranges = needsRanges ? rawRanges(graph, rows.fresh[0]) : new Float64Array(graph.output.length)
  return chooseLeafValues(region, {
    mode,
    head,
    firstLevel,
    // Errors of the ensemble's columns as errors of the raw columns that show them; what else reads them is not bounded.
    bound: (errors) => {
      const rawErrors = graph.output.map((ref) => (ref.region === index ? errors[ref.column] : 0))
      return answerBound(head, Float64Array.from(rawErrors), ranges)
    },
  })
}

function storageOfChain(
  graph: RegionGraph,
  index: number,
  context: {
    readonly region: DenseChain
    readonly rows: Rows
    readonly knowledge: readonly FeatureKnowledge[]
    readonly options: QuantizeOptions
  },
): ChosenChain {
  const { region, rows, knowledge, options } = context
  const inputs: RegionGraph = { regions: graph.regions.slice(0, index), output: region.inputs }
  const meters = rows.fresh.map((fresh, set) =>
    createShiftMeter(graph, options.head, { rows: fresh, usualRows: rows.usual[set] }),
  )
  return chooseDenseChain(region.layers, {
    mode: options.mode,
    // Wide chains are rounded weight by weight or for few rows: more would take minutes.
    rows: rows
      .toFit(Math.max(256, affordableRows(region.layers)))
      .map((row) => interpret(inputs, row))
      .filter((row) => row.every(Number.isFinite)),
    knowsInputs: knowledge.every(isKnown),
    measure: (chain) => {
      const stored = withRegion(graph, index, storedRegion(region, chain))
      return worstShift(meters.map((meter) => meter(stored)))
    },
    firstLevel: options.firstLevel ?? 0,
    isJudged: options.isJudged ?? false,
  })
}

function isLinearModel(region: Region): boolean {
  return region.kind === 'dense-chain' && region.layers.length === 1
}

/** Counts of terms are what they are, whatever reads them. */
function isKnown({ feature, keys, spread }: FeatureKnowledge): boolean {
  const isOfText = feature.dtype === 'text' || feature.of !== undefined
  return isOfText || !feature.used || keys.length > 0 || spread !== undefined
}

function withRegion(graph: RegionGraph, index: number, region: Region): RegionGraph {
  return { ...graph, regions: graph.regions.map((each, at) => (at === index ? region : each)) }
}
