// Trees in, their node tables as tensors out, and back; nothing is padded, so any depth is fine.

import { createError } from '../errors.ts'
import type { NamedTensor, TensorRole } from '../artifact/tensor.ts'
import type { ReadTensor, TreeNaming, TreeTables } from './complete-trees.ts'
import { leafTensors, leafValuesOf } from './leaf-books.ts'
import type { PreorderTrees } from './stored-shape.ts'
import type { TreeEnsemble } from './tree-ensemble.ts'

/** `jump` for all nodes; `column` and `rank` only for nodes that have children, in the same order. */
export function packTrees(region: TreeEnsemble, { name, books }: TreeNaming): NamedTensor[] {
  const { treeStart, jump, leafWidth, leafValues, cover } = region
  const isInner = (_: number, node: number): boolean => jump[node] !== 0
  const tensor = (part: string, role: TensorRole, values: ArrayLike<number>, dtype: NamedTensor['dtype']) => ({
    name: name(part),
    role,
    shape: [values.length],
    values: Float64Array.from(values),
    dtype,
  })
  const tensors: NamedTensor[] = [
    tensor('start', 'structure', treeStart.subarray(0, -1), 'float32'),
    tensor('jump', 'structure', jump, 'float32'),
    tensor('column', 'structure', region.column.filter(isInner), 'int32'),
    tensor('rank', 'structure', region.rank.filter(isInner), 'float32'),
    ...leafTensors({ values: leafValues, count: leafValues.length / leafWidth, width: leafWidth }, books, name),
  ]
  if (cover.length > 0) tensors.push(tensor('cover', 'cover', cover, 'float32'))
  return tensors
}

export function unpackTrees(stored: PreorderTrees, read: ReadTensor): TreeTables {
  const { trees, nodes, leaves, leafWidth, hasCover, books } = stored
  if (leaves > nodes) throw createError('VALIDATION_FAILED', `trees of ${nodes} nodes cannot have ${leaves} leaves`)
  const jump = Int32Array.from(read('jump', nodes))
  const columns = read('column', nodes - leaves)
  const ranks = read('rank', nodes - leaves)
  const treeStart = Int32Array.from([...read('start', trees), nodes])
  const column = new Int32Array(nodes)
  const rank = new Int32Array(nodes)
  let inner = 0
  for (let node = 0; node < nodes; node++) {
    if (jump[node] === 0) continue
    if (inner === columns.length)
      throw createError('VALIDATION_FAILED', `trees with ${leaves} leaves have more than ${inner} nodes with children`)
    column[node] = columns[inner]
    rank[node] = ranks[inner++]
  }
  if (inner < columns.length)
    throw createError('VALIDATION_FAILED', `${columns.length} nodes must have children, got ${inner}`)
  return {
    treeStart,
    jump,
    column,
    rank,
    leafValues: leafValuesOf(books, { count: leaves, width: leafWidth }, read).slice(),
    cover: hasCover ? read('cover', leaves).slice() : new Float64Array(0),
  }
}
