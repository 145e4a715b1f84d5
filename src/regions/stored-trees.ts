// A tree ensemble in, its JSON and tensors out, and back; picks the layout that suits the trees.

import type { NamedTensor } from '../artifact/tensor.ts'
import { padTrees, pruneTrees } from './complete-trees.ts'
import type { LeafBooks } from './leaf-books.ts'
import type { Ranks } from './ranks.ts'
import { restoreRefs, storeRefs } from './stored-numbers.ts'
import type { StoredTrees } from './stored-shape.ts'
import { packTrees, unpackTrees } from './preorder-trees.ts'
import { type TensorValues, tensorValues } from './tensor-values.ts'
import { leafNumbers, treeDepths } from './tree-layout.ts'
import type { TreeEnsemble } from './tree-ensemble.ts'

/** A level of a complete tree costs a graph four nodes and doubles its tables: seven is where both still pay. */
const maxCompleteDepth = 7

/** Elements of the constant that picks each node's column: 4 MiB of float32, past which walking the trees is faster. */
const maxSelectorElements = 1 << 20

/** Share of the source's own size (16 bytes a node, 4 a leaf value) that padded tables may take. */
const maxPaddedShare = 0.5

export type TreeStoreOptions = {
  readonly ranks: Ranks
  /** Every leaf value is in the book of its column. @default leaves are stored as values */
  readonly books?: LeafBooks
}

export function storeTrees(region: TreeEnsemble, index: number, { ranks, books }: TreeStoreOptions) {
  const depth = treeDepths(region).reduce((deepest, next) => Math.max(deepest, next), 0)
  const highest = ranks.columns.map((column) => (column.kind === 'rank' ? column.flipPoints.length : 1))
  const never = highest.reduce((most, next) => Math.max(most, next), 1)
  const name = (part: string) => treeTensorName(index, part)
  const shared = {
    kind: 'tree-ensemble',
    inputs: storeRefs(region.inputs),
    trees: region.treeStart.length - 1,
    leafWidth: region.leafWidth,
    outputWidth: region.outputWidth,
    aggregate: region.aggregate,
    hasCover: region.cover.length > 0,
    hasTreeOutput: region.treeOutput.length > 0,
    ...(books && { books: books.map(({ length }) => length) }),
  } as const
  const stored: StoredTrees = isCompleteBetter(region, depth, highest)
    ? { ...shared, layout: 'complete', depth: Math.max(1, depth), never }
    : { ...shared, layout: 'preorder', depth, nodes: region.jump.length, leaves: leafCount(region) }
  const tables =
    stored.layout === 'complete' ? padTrees(region, stored, { name, books }) : packTrees(region, { name, books })
  return { stored, tensors: [...tables, ...outputTensors(region, name)] }
}

export function restoreTrees(stored: StoredTrees, index: number, tensors: TensorValues): TreeEnsemble {
  const read = (part: string, length: number): Float64Array =>
    tensorValues(tensors, treeTensorName(index, part), length)
  const { trees, leafWidth, outputWidth, aggregate } = stored
  const tables = stored.layout === 'complete' ? pruneTrees(stored, read) : unpackTrees(stored, read)
  return {
    kind: 'tree-ensemble',
    inputs: restoreRefs(stored.inputs),
    ...tables,
    leafWidth,
    outputWidth,
    aggregate,
    treeOutput: stored.hasTreeOutput ? Int32Array.from(read('tree-output', trees)) : new Int32Array(0),
    base: read('base', outputWidth).slice(),
  }
}

export function treeTensorName(region: number, part: string): string {
  return `trees${region}/${part}`
}

function isCompleteBetter(region: TreeEnsemble, depth: number, highest: readonly number[]): boolean {
  const trees = region.treeStart.length - 1
  if (depth === 0) return true
  if (depth > maxCompleteDepth) return false
  const padded = trees * 2 ** depth
  if (padded * highest.length > maxSelectorElements) return false
  const rankBytes = highest.some((rank) => rank > 255) ? 2 : 1
  const columnBytes = highest.length > 256 ? 2 : 1
  const flipBytes = highest.reduce((sum, rank) => sum + rank, 0) * 8
  const sourceBytes = region.jump.length * 16 + region.leafValues.length * 4
  // A leaf takes a byte a value and two of cover.
  return padded * (columnBytes + rankBytes + region.leafWidth + 2) + flipBytes <= maxPaddedShare * sourceBytes
}

function leafCount(region: TreeEnsemble): number {
  return leafNumbers(region.jump).reduce((count, number) => Math.max(count, number + 1), 0)
}

function outputTensors(region: TreeEnsemble, name: (part: string) => string): NamedTensor[] {
  const { base, treeOutput } = region
  const tensors: NamedTensor[] = [
    { name: name('base'), role: 'parameter', shape: [base.length], values: base, dtype: 'float32' },
  ]
  if (treeOutput.length > 0)
    tensors.push({
      name: name('tree-output'),
      role: 'structure',
      shape: [treeOutput.length],
      values: Float64Array.from(treeOutput),
      dtype: 'int32',
    })
  return tensors
}
