// The JSON form of a region graph, without its tensors: what rides in the metadata of an artifact under `regions`.

import { storedNumbersShape, storedNumberShape, storedRefsShape } from './stored-numbers.ts'
import { formulaKinds, formulaSpec } from './formula/formulas.ts'
import {
  type ValueOf,
  anyOf,
  closedObject,
  flag,
  integer,
  listOf,
  matching,
  oneOf,
  optional,
  toldBy,
  tupleOf,
} from '../artifact/shape.ts'

const count = integer(0)
const inputs = storedRefsShape
const numbers = storedNumbersShape
const activation = oneOf('identity', 'relu', 'tanh', 'logistic')

const treeParts = {
  kind: oneOf('tree-ensemble'),
  inputs,
  trees: count,
  leafWidth: count,
  outputWidth: count,
  aggregate: oneOf('sum', 'mean'),
  hasCover: flag,
  hasTreeOutput: flag,
  /** Entries of each code book that leaves are codes of, one for all columns or one a column; absent where they are values. */
  books: optional(listOf(integer(1), { least: 1 })),
}

const denseLayer = closedObject({
  inputWidth: count,
  outputWidth: count,
  activation,
  hasScale: flag,
  /** Rows of each tensor that the matrix is cut into; one tensor where absent. */
  parts: optional(listOf(count, { least: 2 })),
})

/** Every tree padded to `depth`; a node of rank `never` is padding, which no row goes right at. */
const completeTrees = closedObject({ ...treeParts, layout: oneOf('complete'), depth: count, never: count })

/** Nodes as they stand in TreeLayout; `column` and `rank` only for those that have children. */
const preorderTrees = closedObject({
  ...treeParts,
  layout: oneOf('preorder'),
  nodes: count,
  leaves: count,
  /** Depth of the deepest tree. */
  depth: count,
})

/** How many flip points, 1 where missing ranks highest, and the value that stands for missing if it is not NaN. */
const rankColumn = anyOf(tupleOf(count, oneOf(0, 1)), tupleOf(count, oneOf(0, 1), storedNumberShape))

/** Its bits as hexadecimal, four to a digit; which of `domains` its keys are; the bit of unknown values. */
const memberColumn = tupleOf(matching(/^[0-9a-f]*$/, 'must be hexadecimal digits'), integer(0), oneOf(0, 1))

const storedRegionShape = toldBy(
  'kind',
  closedObject({ kind: oneOf('input'), width: count }),
  closedObject({ kind: oneOf('impute'), inputs, missing: numbers, fill: numbers }),
  closedObject({ kind: oneOf('indicator'), inputs, missing: numbers }),
  closedObject({
    kind: oneOf('scale'),
    inputs,
    form: oneOf('subtract-divide', 'multiply-add'),
    first: numbers,
    second: numbers,
    clip: optional(tupleOf(storedNumberShape, storedNumberShape)),
  }),
  closedObject({
    kind: oneOf('one-hot'),
    inputs,
    columns: listOf(closedObject({ keys: numbers, slots: numbers, width: count, unknownSlot: integer(-1) })),
  }),
  closedObject({
    kind: oneOf('ordinal'),
    inputs,
    columns: listOf(closedObject({ keys: numbers, values: numbers, unknownValue: storedNumberShape })),
  }),
  closedObject({
    kind: oneOf('dense-chain'),
    inputs,
    layers: listOf(denseLayer),
  }),
  closedObject({
    kind: oneOf('ranks'),
    inputs,
    columns: listOf(anyOf(rankColumn, memberColumn)),
    /** Keys of member columns, each list once. */
    domains: listOf(numbers),
    /** Which columns of the source's trees the columns stand for; absent where each input is one. */
    players: optional(numbers),
  }),
  toldBy('layout', completeTrees, preorderTrees),
  ...formulaKinds.map((kind) => formulaSpec(kind).shape),
)

export const storedRegionsShape = closedObject({ regions: listOf(storedRegionShape), output: storedRefsShape })

export type StoredRegions = ValueOf<typeof storedRegionsShape>
export type StoredRegion = StoredRegions['regions'][number]
export type StoredOf<Kind extends StoredRegion['kind']> = Extract<StoredRegion, { kind: Kind }>
export type StoredTrees = StoredOf<'tree-ensemble'>
export type CompleteTrees = ValueOf<typeof completeTrees>
export type PreorderTrees = ValueOf<typeof preorderTrees>
