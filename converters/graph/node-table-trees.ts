// A preorder ensemble of moderate size in, graph nodes out that test all nodes at once and then follow the answers.

import type { PreorderTrees } from '../../src/regions/stored-shape.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { addLeafValues } from './leaf-values.ts'
import { addFoundLeaves, addNodeTables, addRowStarts, addZeros } from './preorder-trees.ts'

/** Elements of the constant that picks each node's column: 2 MiB of float32. */
const maxSelectorElements = 1 << 19

/** How many times the tests that walking would do: each is some five times cheaper, without an index. */
const maxTestShare = 4

/** Whether testing every node is cheaper than walking, which pays eleven graph nodes a level where this pays two. */
export function isNodeTableBetter({ trees, depth, nodes }: PreorderTrees, inputWidth: number): boolean {
  return nodes * inputWidth <= maxSelectorElements && nodes <= maxTestShare * trees * depth
}

/**
 * next[row, node] = stay[node] + bit[row, node] · leap[node] is where a row goes on from a node; leaves stay where they
 * are. It is int32 before it is used as an index, so that rows · nodes may pass 2²⁴.
 */
export function addNodeTableTrees(
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
  const list = (part: string, table: string, dtype?: 'int32') => builder.reshape(name(part), table, [nodes], dtype)
  const picks = builder.oneHot(name('picks'), list('all-columns', tables.column, 'int32'), {
    count: nodes,
    depth: inputWidth,
  })
  const selector = builder.transpose(name('selector'), picks)
  const bias = builder.add(name('bias'), 'Neg', [list('all-ranks', tables.rank)])
  const above = builder.fusedMatMul(name('above'), [input, selector, bias])
  const bit = builder.add(name('bit'), 'ClipByValue', [above, zero, one])
  const right = builder.add(name('right'), 'Mul', [bit, list('all-leaps', tables.leap)])
  const next = builder.add(name('next'), 'AddV2', [right, list('all-stays', tables.stay)])
  const flat = builder.reshape(name('next-flat'), builder.cast(name('next-index'), next, 'int32'), [-1, 1], 'int32')

  const zeros = addZeros(builder, name, { input, inputWidth, trees })
  const rowStart = addRowStarts(builder, name, { zeros, trees, stride: nodes })
  const starts = builder.cast(
    name('start-nodes'),
    builder.fusedMatMul(name('starts'), [...zeros, name('start')]),
    'int32',
  )
  let here = builder.reshape(name('start-rows'), starts, [-1, trees, 1], 'int32')
  for (let level = 0; level < depth; level++) {
    const at = builder.add(name(`${level}/at`), 'AddV2', [rowStart, here], { T: { type: 'DT_INT32' } })
    here = builder.gather(name(`${level}/here`), flat, at, 'int32')
  }
  const leaf = addLeafValues(builder, stored, prefix)
  const width = trees * leafWidth
  return addFoundLeaves(builder, name, { last: here, leafNumber: tables.leafNumber, leaf, width })
}
