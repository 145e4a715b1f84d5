// An ensemble in, a function out that adds up its leaves for a block of rows in float64 and rounds once.

import { leafNumbers } from '../../../regions/tree-layout.ts'
import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import type { ScriptCore } from './script-core.ts'

/** `width` is that of the ranks region; the trees may read its columns in any order. */
export function createScriptTrees(region: TreeEnsemble, width: number, blockRows: number): ScriptCore {
  const { treeStart, jump, rank, leafWidth, leafValues, outputWidth, treeOutput, aggregate, base } = region
  const treeCount = treeStart.length - 1
  const column = region.column.map((input) => region.inputs[input]?.column ?? 0)
  const leafOf = leafNumbers(jump)
  const sums = new Float64Array(blockRows * outputWidth)
  // Inner nodes have a rank, and leaves the place of their values.
  const test = rank.map((value, node) => (jump[node] === 0 ? leafOf[node] * leafWidth : value))

  return (columns, rowCount, raw) => {
    sums.fill(0)
    for (let tree = 0; tree < treeCount; tree++) {
      const root = treeStart[tree]
      const firstOutput = treeOutput.length > 0 ? treeOutput[tree] : 0
      for (let row = 0; row < rowCount; row++) {
        const start = row * width
        let node = root
        for (let step = jump[node]; step !== 0; step = jump[node])
          node += columns[start + column[node]] > test[node] ? step : 1
        const leaf = test[node]
        const sum = row * outputWidth + firstOutput
        for (let k = 0; k < leafWidth; k++) sums[sum + k] += leafValues[leaf + k]
      }
    }
    for (let row = 0; row < rowCount; row++)
      for (let k = 0; k < outputWidth; k++) {
        const sum = sums[row * outputWidth + k]
        raw[row * outputWidth + k] = (aggregate === 'mean' ? sum / treeCount : sum) + base[k]
      }
  }
}
