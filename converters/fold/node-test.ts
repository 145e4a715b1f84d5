// One node of split trees and the column it reads in; a test on the raw feature itself, exact for every double, out.

import type { RanksColumn } from '../../src/regions/ranks.ts'
import { splitGoesRight, type SplitTrees } from '../../src/regions/split-trees.ts'
import { cannotFold, type ColumnFunction, type ColumnShape } from './column-function.ts'
import { flipPoint } from './flip-point.ts'

export type NodeTest =
  /** Every row goes the same way. */
  | { readonly kind: 'constant'; readonly goesRight: boolean }
  /** Right where the feature is greater than `flip`; missing goes as the rank column says. */
  | {
      readonly kind: 'rank'
      readonly flip: number
      readonly missingValue: number
      readonly missing: 'lowest' | 'highest'
      /** True where right and left change places: the column falls as the feature rises. */
      readonly isSwapped: boolean
    }
  | { readonly kind: 'member'; readonly column: Extract<RanksColumn, { kind: 'member' }> }

type NodeContext = {
  readonly trees: SplitTrees
  readonly node: number
  /** False where rows without the feature are refused. */
  readonly canMiss: boolean
  /** Finds, or remembers, the flip point of a threshold. */
  readonly flipOf: (threshold: number, isLeft: (x: number) => boolean) => number | undefined
}

export function nodeTest(column: ColumnFunction, context: NodeContext): NodeTest {
  const { trees, node } = context
  const set = trees.categorySet[node]
  const { shape } = column
  if (shape.kind === 'discrete') return discreteTest(column, shape.keys, context)
  if (set < 0) return monotoneTest(column, shape, context)
  if (!shape.isRaw) throw cannotFold('a categorical split on a scaled column')
  // Rounding would take neighbours of a category into it, and no list of keys has them all.
  if (trees.precision === 'float32') throw cannotFold('a categorical split on a number rounded to float32')
  const { left, known } = trees.categorySets[set]
  return discreteTest(column, [...new Set([...shape.sentinels, ...left, ...known])], context)
}

/** Tries every key, NaN and one value that stands for all others. */
function discreteTest(column: ColumnFunction, keys: readonly number[], { trees, node }: NodeContext): NodeTest {
  const goesRight = (value: number): boolean => splitGoesRight(trees, node, column.apply(value))
  let other = -1
  while (keys.includes(other)) other--
  const otherRight = goesRight(other)
  return memberTest(
    [...keys, Number.NaN].filter((key) => goesRight(key) !== otherRight),
    otherRight,
  )
}

/** `exceptions` go the other way than the rest. */
function memberTest(exceptions: readonly number[], restGoesRight: boolean): NodeTest {
  if (exceptions.length === 0) return { kind: 'constant', goesRight: restGoesRight }
  const bits = exceptions.map(() => (restGoesRight ? 0 : 1))
  return { kind: 'member', column: { kind: 'member', keys: exceptions, bits, unknownBit: restGoesRight ? 1 : 0 } }
}

type MonotoneShape = Extract<ColumnShape, { kind: 'monotone' }>

function monotoneTest(column: ColumnFunction, shape: MonotoneShape, context: NodeContext): NodeTest {
  const { trees, node, canMiss } = context
  const goesRight = (value: number): boolean => splitGoesRight(trees, node, column.apply(value))
  const specials = shape.sentinels.map((value) => ({ value, goesRight: goesRight(value) }))
  const missing = canMiss ? { value: Number.NaN, goesRight: goesRight(Number.NaN) } : undefined
  const isSwapped = shape.direction < 0
  const flip = findFlip(shape, context)
  if (flip === undefined || flip === Number.POSITIVE_INFINITY) {
    const restGoesRight = (flip === undefined) !== isSwapped
    const exceptions = [...specials, ...(missing === undefined ? [] : [missing])]
    return memberTest(
      exceptions.filter((special) => special.goesRight !== restGoesRight).map(({ value }) => value),
      restGoesRight,
    )
  }
  const forced = specials.filter(({ value, goesRight }) => (goesRight !== value > flip) !== isSwapped)
  const agrees = (special: Special): boolean => missing === undefined || missing.goesRight === special.goesRight
  if (forced.length > 1 || forced.some((special) => !agrees(special))) {
    throw cannotFold('more than one value that stands for missing in one column')
  }
  const [special = specials.length === 1 && agrees(specials[0]) ? specials[0] : missing] = forced
  // Where nothing can be missing, any direction is right, and one for all nodes needs the fewest columns.
  const { value, goesRight: right } = special ?? { value: Number.NaN, goesRight: !isSwapped }
  const side = right !== isSwapped ? 'highest' : 'lowest'
  return { kind: 'rank', flip, missingValue: value, missing: side, isSwapped }
}

type Special = { readonly value: number; readonly goesRight: boolean }

/** The largest double that goes left (right, where the column falls); undefined where none does. */
function findFlip(shape: MonotoneShape, { trees, node, flipOf }: NodeContext): number | undefined {
  const threshold = trees.threshold[node]
  const { core, direction } = shape
  const isLeft =
    trees.precision === 'float32'
      ? (x: number): boolean => Math.fround(core(x)) <= threshold
      : (x: number): boolean => core(x) <= threshold
  // A slope of 0 makes NaN of infinity, so any other value is asked.
  if (direction === 0) return isLeft(0) ? Number.POSITIVE_INFINITY : undefined
  return flipOf(threshold, direction > 0 ? isLeft : (x) => !isLeft(x))
}

/** Remembers flip points of one column by threshold: forests repeat them. */
export function createFlipMemory(): NodeContext['flipOf'] {
  const known = new Map<number, number | undefined>()
  return (threshold, isLeft) => {
    if (known.has(threshold)) return known.get(threshold)
    const flip = flipPoint(isLeft)
    known.set(threshold, flip)
    return flip
  }
}
