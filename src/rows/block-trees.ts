// An ensemble and the blocks that it reads and fills in, a function that adds up its leaves for the rows of a block out.

import { type SplitTrees, splitGoesRight } from '../regions/split-trees.ts'
import type { TreeEnsemble } from '../regions/tree-ensemble.ts'
import { leafNumbers, treeDepths, type TreeLayout } from '../regions/tree-layout.ts'
import type { Block, BlockFunction } from './row-block.ts'

/** Numbers of a node: the column that it reads, its rank, the way to its left child, and how much farther its right one is. */
const nodeFields = 4

/** Walks that go on at once: none waits for the memory of another, and no comparison is a jump to guess. */
const lanes = 4

/**
 * Trees one after the other, each for four rows at a time, so that its nodes stay in the cache; a row that is left over
 * goes through four trees at a time. Sums are made in the interpreter's order.
 */
export function ensembleFunction(region: TreeEnsemble, { input, output }: Block): BlockFunction {
  const { treeStart, outputWidth, leafWidth, leafValues, treeOutput } = region
  const width = region.inputs.length
  const nodes = nodeTable(region)
  const roots = treeStart.map((node) => node * nodeFields)
  const depths = treeDepths(region)
  const trees = depths.length
  const finish = finisher(region, output)

  function add(at: number, row: number, tree: number): void {
    const leaf = nodes[at + 1]
    const to = row * outputWidth + (treeOutput.length > 0 ? treeOutput[tree] : 0)
    for (let k = 0; k < leafWidth; k++) output[to + k] += leafValues[leaf + k]
  }

  function walkRows(tree: number, row: number): void {
    let a = roots[tree]
    let [b, c, d] = [a, a, a]
    const [inA, inB, inC, inD] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width]
    for (let level = depths[tree]; level > 0; level--) {
      a += nodes[a + 2] + Math.imul(nodes[a + 3], Number(input[inA + nodes[a]] > nodes[a + 1]) | 0)
      b += nodes[b + 2] + Math.imul(nodes[b + 3], Number(input[inB + nodes[b]] > nodes[b + 1]) | 0)
      c += nodes[c + 2] + Math.imul(nodes[c + 3], Number(input[inC + nodes[c]] > nodes[c + 1]) | 0)
      d += nodes[d + 2] + Math.imul(nodes[d + 3], Number(input[inD + nodes[d]] > nodes[d + 1]) | 0)
    }
    add(a, row, tree)
    add(b, row + 1, tree)
    add(c, row + 2, tree)
    add(d, row + 3, tree)
  }

  function walkTrees(tree: number, row: number): void {
    let [a, b, c, d] = [roots[tree], roots[tree + 1], roots[tree + 2], roots[tree + 3]]
    const from = row * width
    const depth = Math.max(depths[tree], depths[tree + 1], depths[tree + 2], depths[tree + 3])
    for (let level = depth; level > 0; level--) {
      a += nodes[a + 2] + Math.imul(nodes[a + 3], Number(input[from + nodes[a]] > nodes[a + 1]) | 0)
      b += nodes[b + 2] + Math.imul(nodes[b + 3], Number(input[from + nodes[b]] > nodes[b + 1]) | 0)
      c += nodes[c + 2] + Math.imul(nodes[c + 3], Number(input[from + nodes[c]] > nodes[c + 1]) | 0)
      d += nodes[d + 2] + Math.imul(nodes[d + 3], Number(input[from + nodes[d]] > nodes[d + 1]) | 0)
    }
    add(a, row, tree)
    add(b, row, tree + 1)
    add(c, row, tree + 2)
    add(d, row, tree + 3)
  }

  function walkAlone(tree: number, row: number): void {
    let at = roots[tree]
    while (nodes[at + 2] !== 0)
      at += nodes[at + 2] + (input[row * width + nodes[at]] > nodes[at + 1] ? nodes[at + 3] : 0)
    add(at, row, tree)
  }

  return (rowCount) => {
    output.fill(0, 0, rowCount * outputWidth)
    const fullRows = rowCount - (rowCount % lanes)
    for (let tree = 0; tree < trees; tree++) for (let row = 0; row < fullRows; row += lanes) walkRows(tree, row)
    for (let row = fullRows; row < rowCount; row++) {
      let tree = 0
      for (; tree + lanes <= trees; tree += lanes) walkTrees(tree, row)
      for (; tree < trees; tree++) walkAlone(tree, row)
    }
    finish(rowCount)
  }
}

/** Both ways from a leaf lead nowhere; in place of a rank it has the place of its values. */
function nodeTable({ jump, column, rank, leafWidth }: TreeEnsemble): Int32Array {
  const leafOf = leafNumbers(jump)
  const nodes = new Int32Array(nodeFields * jump.length)
  for (let node = 0, at = 0; node < jump.length; node++, at += nodeFields) {
    const isLeaf = jump[node] === 0
    nodes[at] = column[node]
    nodes[at + 1] = isLeaf ? leafOf[node] * leafWidth : rank[node]
    nodes[at + 2] = isLeaf ? 0 : nodeFields
    nodes[at + 3] = isLeaf ? 0 : nodeFields * (jump[node] - 1)
  }
  return nodes
}

/** Trees that are not folded, as they are only while a model is converted. */
export function splitTreesFunction(region: SplitTrees, { input, output }: Block): BlockFunction {
  const { treeStart, jump, feature, leafWidth, leafValues, outputWidth, treeOutput } = region
  const width = region.inputs.length
  const leafOf = leafNumbers(jump)
  const finish = finisher(region, output)
  return (rowCount) => {
    output.fill(0, 0, rowCount * outputWidth)
    for (let tree = 0; tree < treeStart.length - 1; tree++)
      for (let row = 0; row < rowCount; row++) {
        let node = treeStart[tree]
        while (jump[node] !== 0)
          node += splitGoesRight(region, node, input[row * width + feature[node]]) ? jump[node] : 1
        const to = row * outputWidth + (treeOutput.length > 0 ? treeOutput[tree] : 0)
        for (let k = 0; k < leafWidth; k++) output[to + k] += leafValues[leafOf[node] * leafWidth + k]
      }
    finish(rowCount)
  }
}

function finisher({ treeStart, outputWidth, aggregate, base }: TreeLayout, output: Float64Array): BlockFunction {
  const divisor = aggregate === 'mean' ? treeStart.length - 1 : 1
  return (rowCount) => {
    for (let row = 0, at = 0; row < rowCount; row++)
      for (let k = 0; k < outputWidth; k++, at++) output[at] = output[at] / divisor + base[k]
  }
}
