// A folded region graph and a mode in; its tables as they are stored, and the graph that a reader gets back, out.

import type { EncodingChoice } from '../../src/artifact/encode-tensor.ts'
import type { Head } from '../../src/artifact/head.ts'
import type { ModelSchema } from '../../src/artifact/schema.ts'
import type { DenseChain } from '../../src/regions/dense-chain.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import type { TreeEnsemble } from '../../src/regions/tree-ensemble.ts'
import { type AccuracyBudget, type BudgetRows, createBudgetCheck } from './accuracy-budget.ts'
import { answerBound } from './answer-bound.ts'
import { type AnswerShift, createShiftMeter, rawRanges } from './answer-shift.ts'
import { composedParts, isBounded } from './composed-parts.ts'
import { chooseComposed } from './composed-storage.ts'
import { chooseDenseChain, type ChosenChain } from './dense-chain-choice.ts'
import { affordableRows } from './dense-chain-storage.ts'
import { type FeatureKnowledge, featureKnowledge } from './feature-knowledge.ts'
import { assertFiniteTables } from './finite-tables.ts'
import { type ChosenLeaves, chooseLeafValues } from './leaf-values.ts'
import { tablesOf } from './formula-tables.ts'
import { isKnown, type MeasuringRows, measuringRows, rowsOfWidth } from './measuring-rows.ts'
import { modeOf } from './steps-ahead.ts'
import type { QuantizeMode } from './quantize-mode.ts'
import { chosenParts, storedRegion, storeQuantized, type QuantizedModel } from './quantized-tensors.ts'

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
  /** Rows with known truth: wider weights where too much of the source's accuracy is lost on them. */
  readonly evaluation?: BudgetRows['evaluation']
  readonly budget?: AccuracyBudget
}

export type { EncodingChoice, QuantizedModel }

type LevelOptions = QuantizeOptions & {
  /** Why smaller weights than those of `firstLevel` were refused. @default golden answers did */
  readonly refusal?: string
}

const goldenRefusal = 'golden answers moved further than allowed'

/**
 * The smallest storage that keeps the answers, and the accuracy budget where rows are given to measure it on.
 * @throws FILE_CORRUPT where a weight is NaN or infinite
 */
export function quantizeRegions(graph: RegionGraph, options: QuantizeOptions): BudgetedModel {
  assertFiniteTables(graph)
  let quantized = quantizeOnce(graph, options)
  if (options.mode === 'none' || quantized.isWidest) return { ...quantized, excesses: [] }
  const excessOf = createBudgetCheck(graph, options.head, options)
  const excesses: string[] = []
  for (;;) {
    const excess = excessOf(quantized.graph)
    if (excess !== undefined) excesses.push(excess)
    if (excess === undefined || quantized.isWidest) return { ...quantized, excesses }
    quantized = quantizeOnce(graph, { ...options, firstLevel: quantized.level + 1, refusal: excess })
  }
}

export type BudgetedModel = QuantizedModel & {
  /** What smaller weights, one after the other, cost beyond the budget; the last of it too where nothing wider is left. */
  readonly excesses: readonly string[]
}

function quantizeOnce(graph: RegionGraph, options: LevelOptions): QuantizedModel {
  const knowledge = featureKnowledge(graph, options.schema)
  const rows = measuringRows(graph, knowledge, options)
  const storage = storageOfComposed(graph, rows, options)
  graph.regions.forEach((region, index) => {
    if (region.kind === 'tree-ensemble' && isBounded(graph, index, options.head))
      storage.set(index, storageOfTrees(graph, index, { region, rows, options }))
    if (region.kind === 'dense-chain')
      storage.set(index, storageOfChain(graph, index, { region, rows, knowledge, options }))
  })
  return storeQuantized(graph, storage)
}

/** Multiplications and tests that one measurement may take: a second or so. */
const measuredOperations = 4e8
const fewestMeasured = 64

function storageOfComposed(graph: RegionGraph, rows: MeasuringRows, options: LevelOptions) {
  const { mode, head, firstLevel = 0, refusal = goldenRefusal } = options
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
    refusal,
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
  {
    region,
    rows,
    options,
  }: { readonly region: TreeEnsemble; readonly rows: MeasuringRows; readonly options: LevelOptions },
): ChosenLeaves {
  const { head, mode, firstLevel = 0, refusal = goldenRefusal } = options
  const needsRanges = head.kind === 'regressor' || head.kind === 'transformer'
  const ranges = needsRanges ? rawRanges(graph, rows.fresh[0]) : new Float64Array(graph.output.length)
  return chooseLeafValues(region, {
    mode,
    head,
    firstLevel,
    refusal,
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
    readonly rows: MeasuringRows
    readonly knowledge: readonly FeatureKnowledge[]
    readonly options: LevelOptions
  },
): ChosenChain {
  const { region, rows, knowledge, options } = context
  const inputs: RegionGraph = { regions: graph.regions.slice(0, index), output: region.inputs }
  const meters = rows.fresh.map((fresh, set) =>
    createShiftMeter(graph, options.head, { rows: fresh, usualRows: rows.usual[set] }),
  )
  return chooseDenseChain(region.layers, {
    mode: modeOf(graph, index, options.mode, chainValues(region)),
    // Wide chains are rounded for few rows: more would take minutes and gigabytes.
    rows: rows
      .toFit(Math.min(Math.max(256, affordableRows(region.layers)), rowsOfWidth(widestRow(graph, region))))
      .map((row) => interpret(inputs, row))
      .filter((row) => row.every(Number.isFinite)),
    knowsInputs: knowledge.every(isKnown),
    measure: (chain) => {
      const stored = withRegion(graph, index, storedRegion(region, chain))
      return worstShift(meters.map((meter) => meter(stored)))
    },
    firstLevel: options.firstLevel ?? 0,
    refusal: options.refusal ?? goldenRefusal,
    isJudged: options.isJudged ?? false,
  })
}

function chainValues({ layers }: DenseChain): number {
  return layers.reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0)
}

function widestRow({ regions }: RegionGraph, { inputs }: DenseChain): number {
  const [row] = regions
  return Math.max(inputs.length, row.kind === 'input' ? row.width : 0)
}

function withRegion(graph: RegionGraph, index: number, region: Region): RegionGraph {
  return { ...graph, regions: graph.regions.map((each, at) => (at === index ? region : each)) }
}
