// The JSON form of a region graph, without its tensors: what rides in the metadata of an artifact under `regions`.

import { z } from 'zod'
import { storedNumbersShape, storedNumberShape, storedRefsShape } from './stored-numbers.ts'

const count = z.int().nonnegative()
const inputs = storedRefsShape
const numbers = storedNumbersShape
const activation = z.enum(['identity', 'relu', 'tanh', 'logistic'])

const treeParts = {
  kind: z.literal('tree-ensemble'),
  inputs,
  trees: count,
  leafWidth: count,
  outputWidth: count,
  aggregate: z.enum(['sum', 'mean']),
  hasCover: z.boolean(),
  hasTreeOutput: z.boolean(),
}

const denseLayer = z.strictObject({
  inputWidth: count,
  outputWidth: count,
  activation,
  hasScale: z.boolean(),
  /** Rows of each tensor that the matrix is cut into; one tensor where absent. */
  parts: z.array(count).min(2).optional(),
})

/** Every tree padded to `depth`; a node of rank `never` is padding, which no row goes right at. */
const completeTrees = z.strictObject({ ...treeParts, layout: z.literal('complete'), depth: count, never: count })

/** Nodes as they stand in TreeLayout; `column` and `rank` only for those that have children. */
const preorderTrees = z.strictObject({
  ...treeParts,
  layout: z.literal('preorder'),
  nodes: count,
  leaves: count,
  /** Depth of the deepest tree. */
  depth: count,
})

/** How many flip points, 1 where missing ranks highest, and the value that stands for missing if it is not NaN. */
const rankColumn = z.union([
  z.tuple([count, z.union([z.literal(0), z.literal(1)])]),
  z.tuple([count, z.union([z.literal(0), z.literal(1)]), storedNumberShape]),
])

/** Its bits as hexadecimal, four to a digit; which of `domains` its keys are; the bit of unknown values. */
const memberColumn = z.tuple([
  z.string().regex(/^[0-9a-f]*$/),
  z.int().nonnegative(),
  z.union([z.literal(0), z.literal(1)]),
])

const storedRegionShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('input'), width: count }),
  z.strictObject({ kind: z.literal('impute'), inputs, missing: numbers, fill: numbers }),
  z.strictObject({ kind: z.literal('indicator'), inputs, missing: numbers }),
  z.strictObject({
    kind: z.literal('scale'),
    inputs,
    form: z.enum(['subtract-divide', 'multiply-add']),
    first: numbers,
    second: numbers,
    clip: z.tuple([storedNumberShape, storedNumberShape]).optional(),
  }),
  z.strictObject({
    kind: z.literal('one-hot'),
    inputs,
    columns: z.array(z.strictObject({ keys: numbers, slots: numbers, width: count, unknownSlot: z.int().min(-1) })),
  }),
  z.strictObject({
    kind: z.literal('ordinal'),
    inputs,
    columns: z.array(z.strictObject({ keys: numbers, values: numbers, unknownValue: storedNumberShape })),
  }),
  z.strictObject({
    kind: z.literal('dense-chain'),
    inputs,
    layers: z.array(denseLayer),
  }),
  z.strictObject({
    kind: z.literal('ranks'),
    inputs,
    columns: z.array(z.union([rankColumn, memberColumn])),
    /** Keys of member columns, each list once. */
    domains: z.array(numbers),
  }),
  z.discriminatedUnion('layout', [completeTrees, preorderTrees]),
])

export const storedRegionsShape = z.strictObject({ regions: z.array(storedRegionShape), output: storedRefsShape })

export type StoredRegions = z.infer<typeof storedRegionsShape>
export type StoredRegion = StoredRegions['regions'][number]
export type StoredOf<Kind extends StoredRegion['kind']> = Extract<StoredRegion, { kind: Kind }>
export type StoredTrees = StoredOf<'tree-ensemble'>
export type CompleteTrees = z.infer<typeof completeTrees>
export type PreorderTrees = z.infer<typeof preorderTrees>
