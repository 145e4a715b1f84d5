// Tree regions in, their width out, or an error that names the table in which a walk would go astray.

import type { RanksColumn } from './ranks.ts'
import type { RegionGraph } from './region.ts'
import type { SplitTrees } from './split-trees.ts'
import type { TreeEnsemble } from './tree-ensemble.ts'
import type { TreeLayout } from './tree-layout.ts'
import { assertFinite, assertIntegers, assertLength, type Fail } from './table-checks.ts'

/** Node numbers and outputs pass through float32 in the graph, which holds integers up to 2²⁴. */
const maxExactInteger = 2 ** 24

export function verifyTreeEnsemble(graph: RegionGraph, region: TreeEnsemble, fail: Fail): number {
  const { inputs, column, rank, jump } = region
  if (inputs.length === 0) fail('inputs', 'must name at least one column, even where every tree is one leaf')
  const read = inputs.map(({ region: source, column: at }): RanksColumn => {
    const ranks = graph.regions[source]
    return ranks.kind === 'ranks'
      ? ranks.columns[at]
      : fail('inputs', `must be columns of a ranks region, got ${ranks.kind}`)
  })
  const width = verifyLayout(region, fail)
  assertLength(fail, 'column', column, jump.length)
  assertLength(fail, 'rank', rank, jump.length)
  assertIntegers(fail, 'column', column, [0, inputs.length - 1])
  for (let node = 0; node < jump.length; node++) {
    if (jump[node] === 0) continue
    const tested = read[column[node]]
    const count = tested.kind === 'rank' ? tested.flipPoints.length : 1
    if (!(rank[node] >= 0 && rank[node] < count))
      fail('rank', `must name one of ${count} flip points of column ${column[node]}, got ${rank[node]} at node ${node}`)
  }
  return width
}

export function verifySplitTrees(region: SplitTrees, fail: Fail): number {
  const { inputs, feature, threshold, missingLeft, categorySet, categorySets, jump } = region
  const width = verifyLayout(region, fail)
  for (const [field, table] of Object.entries({ feature, threshold, missingLeft, categorySet }))
    assertLength(fail, field, table, jump.length)
  assertIntegers(fail, 'categorySet', categorySet, [-1, categorySets.length - 1])
  for (let node = 0; node < jump.length; node++) {
    if (jump[node] === 0) continue
    if (!(feature[node] >= 0 && feature[node] < inputs.length))
      fail('feature', `must be one of ${inputs.length} inputs, got ${feature[node]} at node ${node}`)
    if (Number.isNaN(threshold[node])) fail('threshold', `must be a number, got NaN at node ${node}`)
  }
  return width
}

function verifyLayout(layout: TreeLayout, fail: Fail): number {
  const { treeStart, jump, leafWidth, leafValues, cover, outputWidth, treeOutput, base } = layout
  const trees = treeStart.length - 1
  const leaves = verifyShape(treeStart, jump, fail)
  assertIntegers(fail, 'outputWidth', [outputWidth], [1, maxExactInteger])
  assertIntegers(fail, 'leafWidth', [leafWidth], [1, outputWidth])
  assertLength(fail, 'leafValues', leafValues, leaves * leafWidth)
  assertFinite(fail, 'leafValues', leafValues)
  assertLength(fail, 'base', base, outputWidth)
  assertFinite(fail, 'base', base)
  if (cover.length > 0) assertLength(fail, 'cover', cover, leaves)
  if (treeOutput.length === 0) {
    if (leafWidth !== outputWidth) fail('leafWidth', `must be outputWidth, ${outputWidth}, where treeOutput is empty`)
    return outputWidth
  }
  if (leafWidth !== 1) fail('leafWidth', `must be 1 where trees have an output each, got ${leafWidth}`)
  assertLength(fail, 'treeOutput', treeOutput, trees)
  assertIntegers(fail, 'treeOutput', treeOutput, [0, outputWidth - 1])
  return outputWidth
}

/** Number of leaves. From the last node to the first: the left subtree must end right where the right one starts. */
function verifyShape(treeStart: Int32Array, jump: Int32Array, fail: Fail): number {
  const trees = treeStart.length - 1
  if (trees < 1) fail('treeStart', 'must have at least one tree')
  if (jump.length > maxExactInteger) fail('jump', `may have ${maxExactInteger} nodes, got ${jump.length}`)
  if (treeStart[0] !== 0 || treeStart[trees] !== jump.length)
    fail('treeStart', `must go from 0 to ${jump.length}, got ${treeStart[0]} to ${treeStart[trees]}`)
  const end = new Int32Array(jump.length)
  let leaves = 0
  for (let tree = trees - 1; tree >= 0; tree--) {
    const last = treeStart[tree + 1]
    if (!(treeStart[tree] >= 0 && treeStart[tree] < last && last <= jump.length))
      fail('treeStart', `must ascend, got ${treeStart[tree]} before ${last} at tree ${tree}`)
    for (let node = last - 1; node >= treeStart[tree]; node--) {
      const right = node + jump[node]
      if (jump[node] === 0) leaves++
      else if (!(jump[node] > 1 && right < last && end[node + 1] === right))
        fail('jump', `must be where the right subtree starts, got ${jump[node]} at node ${node} of tree ${tree}`)
      end[node] = jump[node] === 0 ? node + 1 : end[right]
    }
    if (end[treeStart[tree]] !== last) fail('jump', `tree ${tree} must use all its nodes up to ${last}`)
  }
  return leaves
}
