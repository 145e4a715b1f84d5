// A preorder ensemble in, graph nodes out that walk all trees at once: a few gathers a level.

import type { PreorderTrees } from '../../src/regions/stored-shape.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { addLeafValues } from './leaf-values.ts'

/**
 * `at` [rows, trees, 1] is the node that each row is at in each tree. A step goes to stay[node] + bit · leap[node], where
 * stay is the left child (or the node itself, at a leaf) and leap what the right child lies beyond it (0 at a leaf).
 * Node numbers stay below 2²⁴, so float32 is exact. Returns the values of the leaves [rows, trees, leafWidth].
 */
export function addPreorderTrees(
  builder: GraphBuilder,
  stored: PreorderTrees,
  options: { readonly prefix: string; readonly input: string; readonly inputWidth: number },
): string {
  const { trees, depth, nodes, leaves, leafWidth } = stored
  const { prefix, input, inputWidth } = options
  const name = (part: string) => `${prefix}/${part}`
  const zero = builder.integers(0, 'float32')
  const one = builder.integers(1, 'float32')
  const tables = addNodeTables(builder, name, { nodes, leaves })
  const zeros = addZeros(builder, name, { input, inputWidth, trees })
  let here = builder.reshape(name('start-rows'), builder.fusedMatMul(name('starts'), [...zeros, name('start')]), [
    -1,
    trees,
    1,
  ])
  const rowStart = addRowStarts(builder, name, { zeros, trees, stride: inputWidth })
  const flat = builder.reshape(name('flat'), input, [-1, 1])

  for (let level = 0; level < depth; level++) {
    const at = (part: string) => name(`${level}/${part}`)
    const node = builder.cast(at('node'), here, 'int32')
    const column = builder.gather(at('column'), tables.column, node, 'int32')
    const index = builder.add(at('index'), 'AddV2', [rowStart, column], { T: { type: 'DT_INT32' } })
    const value = builder.gather(at('value'), flat, index)
    const rank = builder.gather(at('rank'), tables.rank, node)
    const above = builder.add(at('above'), 'Sub', [value, rank])
    const bit = builder.add(at('bit'), 'ClipByValue', [above, zero, one])
    const leap = builder.gather(at('leap'), tables.leap, node)
    const right = builder.add(at('right'), 'Mul', [bit, leap])
    const stay = builder.gather(at('stay'), tables.stay, node)
    here = builder.add(at('here'), 'AddV2', [stay, right])
  }

  const last = builder.cast(name('last'), here, 'int32')
  const leaf = addLeafValues(builder, stored, prefix)
  return addFoundLeaves(builder, name, { last, leafNumber: tables.leafNumber, leaf, width: trees * leafWidth })
}

/** Values of the leaves that rows ended at, [rows, trees · leafWidth]. */
export function addFoundLeaves(
  builder: GraphBuilder,
  name: (part: string) => string,
  { last, leafNumber, leaf, width }: Record<'last' | 'leafNumber' | 'leaf', string> & { readonly width: number },
): string {
  const number = builder.gather(name('leaf-found'), leafNumber, last, 'int32')
  const found = builder.gather(name('found'), leaf, number)
  return builder.reshape(name('found-leaves'), found, [-1, width])
}

/** Constant tables [nodes, 1] made of the stored ones, which name only nodes with children. */
export function addNodeTables(
  builder: GraphBuilder,
  name: (part: string) => string,
  { nodes, leaves }: { readonly nodes: number; readonly leaves: number },
) {
  const zero = builder.integers(0, 'float32')
  const one = builder.integers(1, 'float32')
  const column1 = (part: string, input: string) => builder.reshape(name(part), input, [-1, 1])
  const isInner = builder.add(name('is-inner'), 'ClipByValue', [name('jump'), zero, one])
  const isLeaf = builder.add(name('is-leaf'), 'Sub', [one, isInner])
  const innerNumber = addRunningCount(builder, name('inner'), isInner, nodes - leaves)
  const leafNumber = addRunningCount(builder, name('leaf'), isLeaf, leaves)
  const spread = (part: string, dtype: 'float32' | 'int32') => {
    const table = builder.reshape(name(`${part}-table`), name(part), [-1, 1], dtype)
    return builder.gather(name(`${part}-nodes`), table, innerNumber, dtype)
  }
  const counting = builder.add(
    name('counting'),
    'Cumsum',
    [builder.fill(name('ones'), [nodes], 1), builder.integers(0)],
    {
      T: { type: 'DT_FLOAT' },
      exclusive: { b: true },
      reverse: { b: false },
    },
  )
  return {
    column: spread('column', 'int32'),
    rank: spread('rank', 'float32'),
    leap: column1('leap', builder.add(name('leap-list'), 'Sub', [name('jump'), isInner])),
    stay: column1('stay', builder.add(name('stay-list'), 'AddV2', [counting, isInner])),
    leafNumber,
  }
}

/** Of each node, how many flagged nodes stand before it, as an index [nodes, 1] that is below `limit`. */
function addRunningCount(builder: GraphBuilder, name: string, flags: string, limit: number): string {
  const count = builder.add(`${name}-count`, 'Cumsum', [flags, builder.integers(0)], {
    T: { type: 'DT_FLOAT' },
    exclusive: { b: true },
    reverse: { b: false },
  })
  const capped = builder.add(`${name}-capped`, 'Minimum', [count, builder.integers(limit - 1, 'float32')])
  return builder.reshape(`${name}-number`, builder.cast(`${name}-index`, capped, 'int32'), [-1, 1], 'int32')
}

/** Two matrices whose product is 0 for each row and tree. */
export type ZeroFactors = readonly [string, string]

/** Entries of one matrix of zeros; beyond it there are two narrow ones, and a thousandth of the multiplications. */
const mostZeros = 2 ** 16

/**
 * `input` · 0 + start is `start` for as many rows as there are: shapes stay out of the graph. Category sets make ten
 * thousand inputs, which are added up to one column of zeros first.
 */
export function addZeros(
  builder: GraphBuilder,
  name: (part: string) => string,
  { input, inputWidth, trees }: { readonly input: string; readonly inputWidth: number; readonly trees: number },
): ZeroFactors {
  if (inputWidth * trees <= mostZeros) return [input, builder.fill(name('blank'), [inputWidth, trees], 0)]
  const column = builder.matMul(name('blank-rows'), input, builder.fill(name('blank-inputs'), [inputWidth, 1], 0))
  return [column, builder.fill(name('blank'), [1, trees], 0)]
}

/** Where each row starts in a flattened [rows, stride], as [rows, trees, 1]; int32, since it may pass 2²⁴. */
export function addRowStarts(
  builder: GraphBuilder,
  name: (part: string) => string,
  { zeros, trees, stride }: { readonly zeros: ZeroFactors; readonly trees: number; readonly stride: number },
): string {
  const widths = builder.fill(name('widths'), [trees], stride)
  const perRow = builder.cast(name('row-widths'), builder.fusedMatMul(name('row-width'), [...zeros, widths]), 'int32')
  const starts = builder.add(name('row-starts'), 'Cumsum', [perRow, builder.integers(0)], {
    T: { type: 'DT_INT32' },
    exclusive: { b: true },
    reverse: { b: false },
  })
  return builder.reshape(name('row-start'), starts, [-1, trees, 1], 'int32')
}
