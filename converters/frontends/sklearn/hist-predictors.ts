// The predictors of HistGradientBoosting in; their nodes, checked for type and shape, out.

import { NdArray, PyDict, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toFlatNumbers } from './estimator-reader.ts'
import { createNodeBudget, type StoredTree } from './split-layout.ts'
import { fieldReader } from './stored-tree.ts'

export type HistPredictor = {
  readonly tree: StoredTree
  readonly isCategorical: Float64Array
  readonly bitsetIndex: Float64Array
  /** Row-major [bitsetCount, 8] words of 32 bits: the categories that go left. */
  readonly bitsets: Float64Array
}

/** One a tree, iteration after iteration, `width` in each. */
export function readPredictors(reader: EstimatorReader, width: number): HistPredictor[] {
  const iterations = reader.list('_predictors')
  const spend = createNodeBudget(reader.place)
  return iterations.flatMap((iteration) => {
    if (!Array.isArray(iteration) || iteration.length !== width) {
      throw reader.corrupt('_predictors', `${width} trees an iteration`, describeValue(iteration))
    }
    return iteration.map((value) => {
      const predictor = readPredictor(value, reader)
      spend(predictor.tree.nodeCount)
      return predictor
    })
  })
}

function readPredictor(value: PyValue, reader: EstimatorReader): HistPredictor {
  const state = value instanceof PyObject && value.name === 'TreePredictor' ? value.state : undefined
  if (!(state instanceof PyDict)) throw reader.corrupt('_predictors', 'TreePredictor objects', describeValue(value))
  const nodes = state.get('nodes')
  const nodeCount = nodes instanceof NdArray ? nodes.elementCount : 0
  if (nodeCount === 0) throw reader.corrupt('_predictors.nodes', 'at least one node', describeValue(nodes))
  const field = fieldReader(nodes, nodeCount, { place: reader.place, attribute: '_predictors.nodes' })
  const isLeaf = field('is_leaf')
  const leafValues = field('value')
  if (!leafValues.every(Number.isFinite)) throw reader.corrupt('_predictors.nodes', 'finite values', 'NaN or infinity')
  return {
    tree: {
      nodeCount,
      left: field('left'),
      right: field('right'),
      isLeaf: (node) => isLeaf[node] !== 0,
      feature: field('feature_idx'),
      threshold: field('num_threshold'),
      missingLeft: field('missing_go_to_left'),
      cover: field('count'),
      writeLeaf: (node, target, offset) => {
        target[offset] = leafValues[node]
      },
    },
    isCategorical: field('is_categorical'),
    bitsetIndex: field('bitset_idx'),
    bitsets: readBitsets(state.get('raw_left_cat_bitsets'), reader),
  }
}

function readBitsets(value: PyValue | undefined, reader: EstimatorReader): Float64Array {
  const words =
    value instanceof NdArray && value.shape.length === 2 && value.shape[1] === 8 ? toFlatNumbers(value) : undefined
  if (words?.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32) === true) return words
  throw reader.corrupt('_predictors.raw_left_cat_bitsets', 'rows of 8 words of 32 bits', describeValue(value))
}
