// The nodes of a graph in, the shape of everything they compute out, before any memory is asked for.

import { createError } from '../errors.ts'
import type { WeightSpec } from '../artifact/artifact.ts'
import { elementCount } from '../artifact/decode-tensor.ts'
import { type GraphNode, nodeOf, portOf } from './graph-nodes.ts'

export type Shape = readonly number[]

export type GraphShapes = {
  /** Shapes of each node's outputs, for one row. */
  readonly shapes: ReadonlyMap<string, readonly Shape[]>
  /** Nodes that no input reaches: the same at every run. */
  readonly constant: ReadonlySet<string>
}

export type GraphWeights = {
  readonly specs: ReadonlyMap<string, WeightSpec>
  readonly values: ReadonlyMap<string, Float64Array>
}

/** 256 MiB of float32 in one tensor; a graph of a few bytes could otherwise ask for any amount. */
const maxElements = 1 << 26

type NodeView = {
  readonly node: GraphNode
  readonly inputs: readonly Shape[]
  /** Values of a direct constant input, for shapes, axes and counts. */
  readonly integers: (input: number) => readonly number[]
  readonly isConstant: (input: number) => boolean
}

type ShapeRule = (view: NodeView) => readonly Shape[]

const same = ({ inputs }: NodeView): Shape[] => [inputs[0]]
const broadcast = ({ node, inputs }: NodeView): Shape[] => [broadcastShapes(node, inputs[0], inputs[1])]

/**
 * Every operation that a portable graph may have, with the shapes it gives. All are static and synchronous, and right on
 * every backend in the form that is checked here; others (control flow, Where, hash tables, batched or transposed products,
 * GatherV2) are refused at load.
 */
const shapeRules: Readonly<Record<string, { readonly inputs: number; readonly shapesOf: ShapeRule }>> = {
  Identity: { inputs: 1, shapesOf: same },
  Neg: { inputs: 1, shapesOf: same },
  Cast: { inputs: 1, shapesOf: same },
  Sigmoid: { inputs: 1, shapesOf: same },
  Tanh: { inputs: 1, shapesOf: same },
  Exp: { inputs: 1, shapesOf: same },
  Softmax: { inputs: 1, shapesOf: same },
  Cumsum: { inputs: 2, shapesOf: same },
  ClipByValue: { inputs: 3, shapesOf: same },
  AddV2: { inputs: 2, shapesOf: broadcast },
  Sub: { inputs: 2, shapesOf: broadcast },
  Mul: { inputs: 2, shapesOf: broadcast },
  RealDiv: { inputs: 2, shapesOf: broadcast },
  Minimum: { inputs: 2, shapesOf: broadcast },
  MatMul: { inputs: 2, shapesOf: productShape },
  _FusedMatMul: { inputs: 3, shapesOf: productShape },
  ConcatV2: { inputs: 2, shapesOf: concatenated },
  Reshape: { inputs: 2, shapesOf: reshaped },
  GatherNd: { inputs: 2, shapesOf: gathered },
  OneHot: { inputs: 4, shapesOf: picked },
  Fill: { inputs: 2, shapesOf: ({ integers }) => [integers(0)] },
  Tile: {
    inputs: 2,
    shapesOf: ({ inputs, integers }) => [inputs[0].map((size, axis) => size * (integers(1)[axis] ?? 1))],
  },
  Transpose: { inputs: 2, shapesOf: ({ inputs, integers }) => [integers(1).map((axis) => inputs[0][axis])] },
  Sum: {
    inputs: 2,
    shapesOf: ({ inputs, integers }) => [inputs[0].map((size, axis) => (integers(1).includes(axis) ? 1 : size))],
  },
  Slice: {
    inputs: 3,
    shapesOf: ({ inputs, integers }) => {
      const [starts, sizes] = [integers(1), integers(2)]
      return [inputs[0].map((whole, axis) => (sizes[axis] === -1 ? whole - starts[axis] : sizes[axis]))]
    },
  },
  SplitV: {
    inputs: 3,
    shapesOf: ({ inputs, integers }) => {
      const axis = integers(2)[0]
      return integers(1).map((size) => inputs[0].map((whole, at) => (at === axis ? size : whole)))
    },
  },
}

export const portableOps: readonly string[] = ['Placeholder', 'Const', ...Object.keys(shapeRules)]

/**
 * Shapes for one row.
 * @throws UNSUPPORTED for an operation that is not portable, VALIDATION_FAILED for shapes that do not fit, LIMIT_EXCEEDED
 */
export function inferShapes(
  nodes: readonly GraphNode[],
  weights: GraphWeights,
  inputs: ReadonlyMap<string, number>,
): GraphShapes {
  const shapes = new Map<string, readonly Shape[]>()
  const constant = new Set<string>()
  for (const node of nodes) {
    const found = shapesOf(node, { weights, inputs, shapes, constant })
    for (const shape of found) assertShape(node, shape)
    shapes.set(node.name, found)
    if (node.op !== 'Placeholder' && node.input.every((input) => constant.has(nodeOf(input)))) constant.add(node.name)
  }
  return { shapes, constant }
}

function shapesOf(
  node: GraphNode,
  known: {
    readonly weights: GraphWeights
    readonly inputs: ReadonlyMap<string, number>
    readonly shapes: ReadonlyMap<string, readonly Shape[]>
    readonly constant: ReadonlySet<string>
  },
): readonly Shape[] {
  if (node.op === 'Placeholder') {
    const width = known.inputs.get(node.name)
    if (width === undefined) throw refused(node, 'is no input that the metadata lists')
    return [[1, width]]
  }
  if (node.op === 'Const') {
    const spec = known.weights.specs.get(node.name)
    if (spec === undefined) throw refused(node, 'has no entry in weightsManifest')
    return [spec.shape]
  }
  if (!Object.hasOwn(shapeRules, node.op))
    throw createError(
      'UNSUPPORTED',
      `node ${node.name} has the operation ${node.op}, expected one of ${portableOps.join(', ')}; convert the model again`,
      { details: { node: node.name, op: node.op } },
    )
  const view: NodeView = {
    node,
    inputs: node.input.map((input) => {
      const shape = known.shapes.get(nodeOf(input))?.[portOf(input)]
      if (shape === undefined) throw refused(node, `reads ${input}, an output that is not there`)
      return shape
    }),
    integers: (input) => {
      const values = known.weights.values.get(node.input[input] ?? '')
      if (values === undefined || values.length > 64)
        throw refused(node, `must have a short constant as input ${input}`)
      return [...values]
    },
    isConstant: (input) => known.constant.has(nodeOf(node.input[input] ?? '')),
  }
  const rule = shapeRules[node.op]
  if (node.input.length < rule.inputs) throw refused(node, `must have ${rule.inputs} inputs, got ${node.input.length}`)
  return rule.shapesOf(view)
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

function assertShape(node: GraphNode, shape: Shape): void {
  if (shape.some((size) => !Number.isInteger(size) || size < 0))
    throw refused(node, `has the impossible shape [${shape.join(', ')}]`)
  if (elementCount(shape) > maxElements)
    throw createError(
      'LIMIT_EXCEEDED',
      `node ${node.name} may have ${maxElements} elements, got [${shape.join(', ')}]`,
      {
        details: { node: node.name },
      },
    )
}

function refused(node: GraphNode, what: string): Error {
  return createError(
    'VALIDATION_FAILED',
    `node ${node.name} (${node.op}) of the graph ${what}; convert the model again`,
    {
      details: { node: node.name },
    },
  )
}
