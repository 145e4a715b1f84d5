// scikit-learn's Tree object in; its nodes and values, checked for type and shape, out.

import { NdArray, PyDict, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import { describeValue, toFlatNumbers } from './estimator-reader.ts'
import { corruptAttribute, type Place } from './place.ts'
import type { StoredTree } from './split-layout.ts'

export type TreeNodes = Omit<StoredTree, 'writeLeaf'> & {
  /** Row-major [nodeCount, outputCount, valueWidth]. */
  readonly values: Float64Array
  readonly outputCount: number
  readonly valueWidth: number
}

/** The `tree_` of a decision tree. */
export function readTree(value: PyValue | undefined, place: Place): TreeNodes {
  const state = value instanceof PyObject && value.name === 'Tree' ? value.state : undefined
  if (!(state instanceof PyDict)) throw corruptAttribute(place, 'tree_', 'a Tree', describeValue(value))
  const nodes = state.get('nodes')
  const values = state.get('values')
  const flat = values instanceof NdArray && values.shape.length === 3 ? toFlatNumbers(values) : undefined
  if (!(values instanceof NdArray) || flat === undefined || !flat.every(Number.isFinite)) {
    throw corruptAttribute(place, 'tree_.values', 'finite numbers of three dimensions', describeValue(values))
  }
  const [nodeCount, outputCount, valueWidth] = values.shape
  if (nodeCount === 0 || outputCount === 0 || valueWidth === 0) {
    throw corruptAttribute(place, 'tree_.values', 'at least one node, output and value', describeValue(values))
  }
  const field = fieldReader(nodes, nodeCount, { place, attribute: 'tree_.nodes' })
  const left = field('left_child')
  return {
    nodeCount,
    left,
    right: field('right_child'),
    isLeaf: (node) => left[node] === -1,
    feature: field('feature'),
    threshold: field('threshold'),
    missingLeft: hasField(nodes, 'missing_go_to_left') ? field('missing_go_to_left') : undefined,
    cover: field('weighted_n_node_samples'),
    values: flat,
    outputCount,
    valueWidth,
  }
}

type FieldContext = { readonly place: Place; readonly attribute: string }

function hasField(nodes: PyValue | undefined, name: string): boolean {
  return nodes instanceof NdArray && nodes.fields?.has(name) === true
}

/** Reads columns of a structured array with `rowCount` records. */
export function fieldReader(
  nodes: PyValue | undefined,
  rowCount: number,
  { place, attribute }: FieldContext,
): (name: string) => Float64Array {
  return (name) => {
    const column = nodes instanceof NdArray ? nodes.fields?.get(name) : undefined
    const values = column === undefined ? undefined : toFlatNumbers(column)
    if (values?.length === rowCount) return values
    throw corruptAttribute(place, attribute, `${rowCount} records with a number ${name}`, describeValue(nodes))
  }
}
