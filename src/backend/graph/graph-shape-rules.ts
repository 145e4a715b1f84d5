// An operation and the shapes it reads in, the shapes it gives out: the table of what a portable graph may hold.

import { createError } from '../../errors.ts'
import { elementCount } from '../../artifact/decode-tensor.ts'
import type { GraphNode } from './graph-nodes.ts'

export type Shape = readonly number[]

export type NodeView = {
  readonly node: GraphNode
  readonly inputs: readonly Shape[]
  /** Values of a direct constant input, for shapes, axes and counts. */
  readonly integers: (input: number) => readonly number[]
  readonly isConstant: (input: number) => boolean
}

type ShapeRule = {
  /** Inputs that there must be at least. */
  readonly inputs: number
  /**
   * Inputs that are no data but part of the operation: tfjs-converter 4.22 reads them as numbers (its op_list tables, type
   * `number` or `number[]`). Negative ones count from the last input.
   */
  readonly parameters?: readonly number[]
  readonly shapesOf: (view: NodeView) => readonly Shape[]
}

const same = ({ inputs }: NodeView): Shape[] => [inputs[0]]
const broadcast = ({ node, inputs }: NodeView): Shape[] => [broadcastShapes(node, inputs[0], inputs[1])]

/**
 * Every operation that a portable graph may have, with the shapes it gives. All are static and synchronous, and right on
 * every backend in the form that is checked here; others (control flow, Where, hash tables, batched or transposed products,
 * GatherV2) are refused at load.
 */
export const shapeRules: Readonly<Record<string, ShapeRule>> = {
  Identity: { inputs: 1, shapesOf: same },
  Neg: { inputs: 1, shapesOf: same },
  Cast: { inputs: 1, shapesOf: same },
  Sigmoid: { inputs: 1, shapesOf: same },
  Tanh: { inputs: 1, shapesOf: same },
  Exp: { inputs: 1, shapesOf: same },
  Softmax: { inputs: 1, shapesOf: same },
  Cumsum: { inputs: 2, parameters: [1], shapesOf: same },
  ClipByValue: { inputs: 3, parameters: [1, 2], shapesOf: same },
  AddV2: { inputs: 2, shapesOf: broadcast },
  Sub: { inputs: 2, shapesOf: broadcast },
  Mul: { inputs: 2, shapesOf: broadcast },
  RealDiv: { inputs: 2, shapesOf: broadcast },
  Minimum: { inputs: 2, shapesOf: broadcast },
  MatMul: { inputs: 2, shapesOf: productShape },
  _FusedMatMul: { inputs: 3, shapesOf: productShape },
  ConcatV2: { inputs: 2, parameters: [-1], shapesOf: concatenated },
  Reshape: { inputs: 2, parameters: [1], shapesOf: reshaped },
  GatherNd: { inputs: 2, shapesOf: gathered },
  OneHot: { inputs: 4, parameters: [1, 2, 3], shapesOf: picked },
  Fill: { inputs: 2, parameters: [0, 1], shapesOf: ({ integers }) => [integers(0)] },
  Tile: {
    inputs: 2,
    parameters: [1],
    shapesOf: ({ inputs, integers }) => [inputs[0].map((size, axis) => size * (integers(1)[axis] ?? 1))],
  },
  Transpose: {
    inputs: 2,
    parameters: [1],
    shapesOf: ({ inputs, integers }) => [integers(1).map((axis) => inputs[0][axis])],
  },
  Sum: {
    inputs: 2,
    parameters: [1],
    shapesOf: ({ inputs, integers }) => [inputs[0].map((size, axis) => (integers(1).includes(axis) ? 1 : size))],
  },
  Slice: {
    inputs: 3,
    parameters: [1, 2],
    shapesOf: ({ inputs, integers }) => {
      const [starts, sizes] = [integers(1), integers(2)]
      return [inputs[0].map((whole, axis) => (sizes[axis] === -1 ? whole - starts[axis] : sizes[axis]))]
    },
  },
  SplitV: {
    inputs: 3,
    parameters: [1, 2],
    shapesOf: ({ inputs, integers }) => {
      const axis = integers(2)[0]
      return integers(1).map((size) => inputs[0].map((whole, at) => (at === axis ? size : whole)))
    },
  },
}

/** Which inputs of a node are parameters. */
export function parametersOf({ op, input }: GraphNode): number[] {
  const rule = Object.hasOwn(shapeRules, op) ? shapeRules[op] : undefined
  return (rule?.parameters ?? []).map((at) => (at < 0 ? input.length + at : at))
}

function broadcastShapes(node: GraphNode, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1
    const right = b[b.length - rank + i] ?? 1
    if (left !== right && left !== 1 && right !== 1)
      throw refused(node, `cannot combine shapes [${a.join(', ')}] and [${b.join(', ')}]`)
    return Math.max(left, right)
  })
}

function productShape({ node, inputs, isConstant }: NodeView): Shape[] {
  const [a, b, bias] = inputs
  const fits = a?.length === 2 && b?.length === 2 && a[1] === b[0] && isConstant(1)
  if (!fits || isTransposed(node)) throw refused(node, 'must multiply a matrix by a constant matrix, not transposed')
  if (bias !== undefined && (bias.length !== 1 || bias[0] !== b[1] || !isConstant(2)))
    throw refused(node, `must have a constant bias of ${b[1]} values`)
  return [[a[0], b[1]]]
}

function gathered({ node, inputs }: NodeView): Shape[] {
  if (inputs[1].at(-1) !== 1) throw refused(node, 'must index one dimension')
  return [[...inputs[1].slice(0, -1), ...inputs[0].slice(1)]]
}

function picked({ node, inputs, integers }: NodeView): Shape[] {
  if (typeOf(node, 'T') !== 'DT_INT32') throw refused(node, 'must give int32, which wasm writes whatever is asked')
  return [[...inputs[0], integers(1)[0]]]
}

function typeOf({ attr }: GraphNode, key: string): unknown {
  return (attr[key] as { type?: unknown } | undefined)?.type
}

function isTransposed({ attr }: GraphNode): boolean {
  return ['transpose_a', 'transpose_b'].some((key) => (attr[key] as { b?: unknown } | undefined)?.b === true)
}

function reshaped({ node, inputs, integers }: NodeView): Shape[] {
  const wanted = integers(1)
  const known = elementCount(wanted.filter((size) => size !== -1))
  const rest = elementCount(inputs[0]) / known
  const shape = wanted.map((size) => (size === -1 ? rest : size))
  if (elementCount(shape) !== elementCount(inputs[0]))
    throw refused(node, `cannot make [${wanted.join(', ')}] of [${inputs[0].join(', ')}]`)
  return [shape]
}

function concatenated({ node, inputs, integers }: NodeView): Shape[] {
  const axis = integers(inputs.length - 1)[0]
  const parts = inputs.slice(0, -1)
  if (parts.length === 0 || parts.some((part) => part.length !== parts[0].length))
    throw refused(node, 'must join tensors of one rank')
  return [parts[0].map((size, at) => (at === axis ? parts.reduce((sum, part) => sum + part[at], 0) : size))]
}

export function refused(node: GraphNode, what: string): Error {
  return createError(
    'VALIDATION_FAILED',
    `node ${node.name} (${node.op}) of the graph ${what}; convert the model again`,
    {
      details: { node: node.name },
    },
  )
}
