// A tree ensemble in, the smallest encoding of its leaf values that keeps the error budget out, with the values it gives.

import type { Head } from '../../src/artifact/head.ts'
import type { TreeLayout } from '../../src/regions/tree-layout.ts'
import { roundHalfEven } from '../../src/artifact/float16.ts'
import { type AffineGrid, valueOfCode } from './affine-grid.ts'
import type { AnswerBound } from './answer-bound.ts'
import type { QuantizeMode } from './quantize-mode.ts'
import { leafForms, type LeafForm } from './leaf-forms.ts'
import { largestDifference, type StoredFloats, storeFloats } from './stored-floats.ts'

/** Steps from 0 to 1 of probability leaves: 1/2, 1/3, 1/4, 1/5, 1/6, 1/8, 1/10, 1/12, 1/15, 1/16 and so on are exact. */
const probabilitySteps = 240

export type ChosenLeaves = {
  readonly floats: StoredFloats
  readonly maxError: number
  /** Position among the forms that the mode has for these leaves, and whether it is the last. */
  readonly level: number
  readonly isWidest: boolean
  /** Why a smaller form was not taken. */
  readonly escalated?: string
}

export type LeafChoiceOptions = {
  readonly mode: QuantizeMode
  readonly head: Head
  /** What errors of the output columns do to the answers. */
  readonly bound: (columnErrors: Float64Array) => AnswerBound
  /** First form to consider, and why those before were refused. */
  readonly firstLevel: number
  readonly refusal: string
}

export function chooseLeafValues(layout: TreeLayout, options: LeafChoiceOptions): ChosenLeaves {
  const forms = formsOf(layout, options.mode, holdsProbabilities(layout, options.head))
  const last = forms.length - 1
  const first = Math.min(options.firstLevel, last)
  const reasons = first > 0 ? [`${forms[first - 1].name}: ${options.refusal}`] : []
  for (let level = first; ; level++) {
    const floats = forms[level].store()
    const bound = options.bound(columnErrors(layout, floats.values))
    if (level === last || bound.budgetUse <= 1) {
      const maxError = largestDifference(floats.values, layout.leafValues)
      const escalated = reasons.length > 0 ? { escalated: reasons.join('; ') } : {}
      return { floats, maxError, level, isWidest: level === last, ...escalated }
    }
    reasons.push(`${forms[level].name}: ${bound.text}`)
  }
}

/** Every form of the mode, for a model that is measured: leaves that are shares remain shares. */
export function measuredLeafForms(layout: TreeLayout, mode: QuantizeMode): readonly LeafForm[] {
  const { leafValues, aggregate } = layout
  return formsOf(layout, mode, aggregate === 'mean' && leafValues.every((value) => value >= 0 && value <= 1))
}

function formsOf(layout: TreeLayout, mode: QuantizeMode, areShares: boolean): readonly LeafForm[] {
  const { leafValues: values, leafWidth: width } = layout
  const storeBytes = () => (areShares ? probabilityLeaves(layout) : storeFloats(values, 'uint8'))
  return leafForms({ values, width }, mode, storeBytes)
}

function holdsProbabilities(layout: TreeLayout, head: Head): boolean {
  if (head.kind !== 'classifier' || head.targets.some((target) => target.link !== 'identity')) return false
  return layout.leafValues.every((value) => value >= 0 && value <= 1)
}

/** Codes of a leaf whose values add up to 1 add up to 1 as well, so that answers remain probabilities. */
function probabilityLeaves({ leafValues, leafWidth }: TreeLayout): StoredFloats {
  const grid: AffineGrid = { encoding: 'uint8', scale: 1 / probabilitySteps, min: 0 }
  const values = new Float64Array(leafValues.length)
  for (let start = 0; start < leafValues.length; start += leafWidth) {
    const leaf = leafValues.subarray(start, start + leafWidth)
    const codes = codesOfLeaf(leaf)
    for (let k = 0; k < leafWidth; k++) values[start + k] = valueOfCode(grid, codes[k])
  }
  return { encoding: 'uint8', grid, values }
}

function codesOfLeaf(leaf: Float64Array): number[] {
  const codes = Array.from(leaf, (value) => roundHalfEven(value * probabilitySteps))
  const sum = leaf.reduce((total, value) => total + value, 0)
  if (leaf.length === 1 || Math.abs(sum - 1) > 1e-9) return codes
  let excess = codes.reduce((total, code) => total + code, -probabilitySteps)
  // The codes that were rounded farthest in the wrong direction move back by one.
  while (excess !== 0) {
    const direction = Math.sign(excess)
    let farthest = -1
    let most = -Infinity
    for (let k = 0; k < codes.length; k++) {
      const off = direction * (codes[k] - leaf[k] * probabilitySteps)
      if (off > most && codes[k] - direction >= 0) [farthest, most] = [k, off]
    }
    codes[farthest] -= direction
    excess -= direction
  }
  return codes
}

/** For every output column, how far the sum over trees can be off: each tree at its worst leaf, in one direction. */
export function columnErrors(layout: TreeLayout, stored: Float64Array): Float64Array {
  const { treeStart, jump, leafWidth, leafValues, outputWidth, treeOutput, aggregate } = layout
  const above = new Float64Array(outputWidth)
  const below = new Float64Array(outputWidth)
  const trees = treeStart.length - 1
  let leaf = 0
  for (let tree = 0; tree < trees; tree++) {
    const highest = new Float64Array(leafWidth).fill(-Infinity)
    const lowest = new Float64Array(leafWidth).fill(Infinity)
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      if (jump[node] !== 0) continue
      for (let k = 0; k < leafWidth; k++) {
        const error = stored[leaf * leafWidth + k] - leafValues[leaf * leafWidth + k]
        highest[k] = Math.max(highest[k], error)
        lowest[k] = Math.min(lowest[k], error)
      }
      leaf++
    }
    for (let k = 0; k < leafWidth; k++) {
      const column = treeOutput.length > 0 ? treeOutput[tree] : k
      above[column] += highest[k]
      below[column] += lowest[k]
    }
  }
  const divisor = aggregate === 'mean' ? trees : 1
  return above.map((error, column) => Math.max(error, -below[column]) / divisor)
}
