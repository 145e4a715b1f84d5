// An operation and the types that it reads in, the attributes with which TensorFlow itself wants it and its type out.

import type { GraphNode } from '../graph/graph-nodes.ts'
import type { Attribute, DataType } from './attribute.ts'

export type TypedNode = {
  readonly attributes: Readonly<Record<string, Attribute>>
  /** Of all its outputs. */
  readonly type: DataType
}

type Rule = (node: GraphNode, types: readonly DataType[]) => TypedNode

/** Types are taken from the inputs: compact graphs leave those out that TensorFlow.js does not read. */
const typed =
  (...names: readonly (string | undefined)[]): Rule =>
  (_, types) => ({
    attributes: Object.fromEntries(
      names.flatMap((name, input) => (name === undefined ? [] : [[name, typeOf(types[input])]])),
    ),
    type: types[0],
  })

/** `names` as `typed` takes them, and what the node itself says beside. */
const typedWith =
  (names: readonly (string | undefined)[], more: (node: GraphNode) => Readonly<Record<string, Attribute>>): Rule =>
  (node, types) => {
    const { attributes, type } = typed(...names)(node, types)
    return { attributes: { ...attributes, ...more(node) }, type }
  }

const elementwise = typed('T')
const product = { transpose_a: flag(false), transpose_b: flag(false) }

/** Attributes as TensorFlow 2.21 registers them (tensorflow/core/ops/math_ops.cc, array_ops.cc and nn_ops.cc). */
const rules: Readonly<Record<string, Rule>> = {
  Identity: elementwise,
  Neg: elementwise,
  Sigmoid: elementwise,
  Tanh: elementwise,
  Exp: elementwise,
  Softmax: elementwise,
  Minimum: elementwise,
  Maximum: elementwise,
  Relu: elementwise,
  ClipByValue: elementwise,
  AddV2: elementwise,
  Sub: elementwise,
  Mul: elementwise,
  RealDiv: elementwise,
  Reshape: typed('T', 'Tshape'),
  GatherNd: typed('Tparams', 'Tindices'),
  Tile: typed('T', 'Tmultiples'),
  Transpose: typed('T', 'Tperm'),
  Slice: typed('T', 'Index'),
  Cumsum: typedWith(['T', 'Tidx'], (node) => ({
    exclusive: flag(boolOf(node, 'exclusive')),
    reverse: flag(boolOf(node, 'reverse')),
  })),
  Sum: typedWith(['T', 'Tidx'], (node) => ({ keep_dims: flag(boolOf(node, 'keep_dims')) })),
  SplitV: typedWith(['T', 'Tlen'], (node) => ({ num_split: count(intOf(node, 'num_split', 1)) })),
  MatMul: typedWith(['T'], () => product),
  _FusedMatMul: typedWith(['T'], (node) => ({
    ...product,
    num_args: count(node.input.length - 2),
    fused_ops: { kind: 'texts', values: fusedOpsOf(node) },
  })),
  Cast(node, [source]) {
    const target = dataTypeOf(node, 'DstT') ?? source
    return { attributes: { SrcT: typeOf(source), DstT: typeOf(target), Truncate: flag(false) }, type: target }
  },
  ConcatV2: (node, types) => ({
    attributes: { N: count(node.input.length - 1), T: typeOf(types[0]), Tidx: typeOf('int32') },
    type: types[0],
  }),
  OneHot: (node, types) => ({
    attributes: { T: typeOf(types[2]), TI: typeOf(types[0]), axis: count(intOf(node, 'axis', -1)) },
    type: types[2],
  }),
  Fill: (_, types) => ({ attributes: { T: typeOf(types[1]), index_type: typeOf(types[0]) }, type: types[1] }),
}

/** @throws RangeError for an operation that has no rule */
export function typeNode(node: GraphNode, types: readonly DataType[]): TypedNode {
  if (!Object.hasOwn(rules, node.op)) throw new RangeError(`operation ${node.op} has no form in a SavedModel`)
  return rules[node.op](node, types)
}

function typeOf(type: DataType): Attribute {
  return { kind: 'type', type }
}

function flag(value: boolean): Attribute {
  return { kind: 'bool', value }
}

function count(value: number): Attribute {
  return { kind: 'int', value }
}

/** Attributes in proto-JSON, which holds 64-bit integers as text and bytes in base64. */
type JsonAttribute = {
  readonly b?: boolean
  readonly i?: string | number
  readonly type?: string | number
  readonly list?: { readonly s?: readonly string[] }
}

function attributeOf({ attr }: GraphNode, key: string): JsonAttribute {
  return (attr[key] ?? {}) as JsonAttribute
}

function boolOf(node: GraphNode, key: string): boolean {
  return attributeOf(node, key).b === true
}

function intOf(node: GraphNode, key: string, otherwise: number): number {
  const { i } = attributeOf(node, key)
  return i === undefined ? otherwise : Number(i)
}

function dataTypeOf(node: GraphNode, key: string): DataType | undefined {
  const { type } = attributeOf(node, key)
  return type === 'DT_FLOAT' || type === 1 ? 'float32' : type === 'DT_INT32' || type === 3 ? 'int32' : undefined
}

function fusedOpsOf(node: GraphNode): string[] {
  return (attributeOf(node, 'fused_ops').list?.s ?? []).map((name) => atob(name))
}
