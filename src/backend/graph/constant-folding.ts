// A graph in, what of it changes from run to run out, and which constants that rest reads.

import { type GraphNode, nodeOf } from './graph-nodes.ts'

export type FoldedGraph = {
  /** Nodes that depend on the input; the constants they read go by their new names. */
  readonly nodes: readonly GraphNode[]
  readonly constants: readonly FoldedConstant[]
}

/** `source` as the whole graph names it, `node` or `node:1`; `name` as the rest does. */
export type FoldedConstant = { readonly source: string; readonly name: string }

export type ConstantTensor = {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32'
  readonly values: Float32Array | Int32Array
}

/** The part of `nodes` that `output` needs, cut off from its constant subgraphs where it reads them. */
export function foldConstants(nodes: readonly GraphNode[], constant: ReadonlySet<string>, output: string): FoldedGraph {
  const needed = neededFor(nodes, output)
  const constants = new Map<string, FoldedConstant>()
  const kept: GraphNode[] = []
  for (const node of nodes) {
    if (!needed.has(node.name) || constant.has(node.name)) continue
    const input = node.input.map((source) => {
      if (!constant.has(nodeOf(source))) return source
      const name = source.replace(':', '/output-')
      constants.set(source, { source, name })
      return name
    })
    kept.push({ ...node, input })
  }
  return { nodes: kept, constants: [...constants.values()] }
}

/** What TensorFlow.js loads for the rest of a folded graph: its nodes, and its constants as plain weights. */
export function foldedArtifacts(nodes: readonly GraphNode[], constants: readonly ConstantTensor[]) {
  const weightData = new ArrayBuffer(constants.reduce((sum, { values }) => sum + values.byteLength, 0))
  const bytes = new Uint8Array(weightData)
  let offset = 0
  for (const { values } of constants) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset)
    offset += values.byteLength
  }
  return {
    modelTopology: { node: [...constants.map(constNode), ...nodes], library: {}, versions: { producer: 1 } },
    weightSpecs: constants.map(({ name, shape, dtype }) => ({ name, shape: [...shape], dtype })),
    weightData,
  }
}

function neededFor(nodes: readonly GraphNode[], output: string): Set<string> {
  const needed = new Set([output])
  for (let i = nodes.length - 1; i >= 0; i--)
    if (needed.has(nodes[i].name)) for (const input of nodes[i].input) needed.add(nodeOf(input))
  return needed
}

function constNode({ name, shape, dtype }: ConstantTensor): GraphNode {
  const type = dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32'
  const tensorShape = { dim: shape.map((size) => ({ size: String(size) })) }
  return { name, op: 'Const', input: [], attr: { dtype: { type }, value: { tensor: { dtype: type, tensorShape } } } }
}
