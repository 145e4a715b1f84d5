// The nodes of a graph in, the shape of everything they compute out, before any memory is asked for.

import { createError } from '../../errors.ts'
import type { WeightSpec } from '../../artifact/artifact.ts'
import { elementCount } from '../../artifact/decode-tensor.ts'
import { type GraphNode, nodeOf, portOf } from './graph-nodes.ts'
import { type NodeView, parametersOf, refused, type Shape, shapeRules } from './graph-shape-rules.ts'

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
  for (const parameter of parametersOf(node)) view.integers(parameter)
  return rule.shapesOf(view)
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
