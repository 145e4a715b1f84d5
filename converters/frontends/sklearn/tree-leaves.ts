// Nodes of decision trees and what they predict in; the leaf writer of each tree and the width of its leaves out.

import type { ClassifierTarget } from '../../../src/artifact/head.ts'
import type { Scalar } from '../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../src/regions/region.ts'
import type { Predictor } from './estimator-spec.ts'
import { corruptAttribute, type Place } from './place.ts'
import type { StoredTree } from './split-layout.ts'
import type { TreeNodes } from './stored-tree.ts'

/** Raw columns of a target: one where it has two classes (the second's share), else one a class. */
function targetWidth(classes: readonly Scalar[]): number {
  return classes.length === 2 ? 1 : classes.length
}

/** Raw columns of all targets. */
export function sharesWidth(classLists: readonly (readonly Scalar[])[]): number {
  return classLists.reduce((sum, classes) => sum + targetWidth(classes), 0)
}

/** A regression tree: one value a target. */
export function regressionTree(nodes: TreeNodes, outputCount: number, place: Place): StoredTree {
  if (nodes.outputCount !== outputCount || nodes.valueWidth !== 1) {
    throw corruptAttribute(place, 'tree_.values', `${outputCount} values a node`, shapeOf(nodes))
  }
  const { values } = nodes
  return {
    ...nodes,
    writeLeaf: (node, target, offset) => {
      for (let output = 0; output < outputCount; output++) target[offset + output] = values[node * outputCount + output]
    },
  }
}

/** A classification tree: shares of the classes, whether the file holds counts (to 1.3) or shares (from 1.4). */
export function classificationTree(
  nodes: TreeNodes,
  classLists: readonly (readonly Scalar[])[],
  place: Place,
): StoredTree {
  const { values, outputCount, valueWidth } = nodes
  const widest = classLists.reduce((most, { length }) => Math.max(most, length), 0)
  if (outputCount !== classLists.length || valueWidth !== widest) {
    throw corruptAttribute(place, 'tree_.values', `${classLists.length} targets with ${widest} classes`, shapeOf(nodes))
  }
  const counts = classLists.map(({ length }) => length)
  const writeLeaf = (node: number, target: Float64Array, offset: number): void => {
    let position = offset
    for (let output = 0; output < outputCount; output++) {
      const start = (node * outputCount + output) * valueWidth
      let sum = 0
      for (let k = 0; k < counts[output]; k++) sum += values[start + k]
      // A node without weight keeps its zeros, as scikit-learn does.
      const divisor = sum === 0 ? 1 : sum
      for (let k = counts[output] === 2 ? 1 : 0; k < counts[output]; k++)
        target[position++] = values[start + k] / divisor
    }
  }
  return { ...nodes, writeLeaf }
}

/** Raw columns of trees that give class shares, in: how they are read. */
export function shareClassifier(output: readonly ColumnRef[], classLists: readonly (readonly Scalar[])[]): Predictor {
  let start = 0
  const targets = classLists.map((classes): ClassifierTarget => {
    const target = { classes, start, width: targetWidth(classes), link: 'identity', tie: 'first' } as const
    start += target.width
    return target
  })
  return {
    kind: 'classifier',
    output,
    head: { kind: 'classifier', targets, hasScores: false },
    outputs: ['label', 'probabilities'],
    classes: classLists.length === 1 ? classLists[0] : classLists,
  }
}

function shapeOf({ nodeCount, outputCount, valueWidth }: TreeNodes): string {
  return `shape [${nodeCount}, ${outputCount}, ${valueWidth}]`
}
