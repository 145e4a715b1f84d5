// Nodes of a graph in, the same graph out with one operation for each that TensorFlow itself would run.

import type { GraphNode } from './graph-nodes.ts'

const float = { T: { type: 'DT_FLOAT' } }

/**
 * For backends that fuse nothing. tfjs-node 4.22 runs a fused product as MatMul and Add between three Reshapes, each with a
 * tensor for its shape, and makes two tensors for the bounds of each ClipByValue: half of the time of a small model.
 */
export function unfusedNodes(nodes: readonly GraphNode[]): GraphNode[] {
  return nodes.flatMap((node) => {
    if (node.op === 'ClipByValue') return unfusedClip(node)
    return node.op === '_FusedMatMul' ? unfusedProduct(node) : [node]
  })
}

function unfusedClip({ name, input: [values, low, high] }: GraphNode): GraphNode[] {
  const capped = `${name}/capped`
  return [
    { name: capped, op: 'Minimum', input: [values, high], attr: float },
    { name, op: 'Maximum', input: [capped, low], attr: float },
  ]
}

function unfusedProduct(node: GraphNode): GraphNode[] {
  const { name, input } = node
  const [, activation, ...more] = fusedOps(node)
  if (more.length > 0 || (activation !== undefined && activation !== 'Relu')) return [node]
  const product = `${name}/product`
  const sum = activation === undefined ? name : `${name}/sum`
  const attr = { ...float, transpose_a: { b: false }, transpose_b: { b: false } }
  return [
    { name: product, op: 'MatMul', input: [input[0], input[1]], attr },
    { name: sum, op: 'AddV2', input: [product, input[2]], attr: float },
    ...(activation === undefined ? [] : [{ name, op: activation, input: [sum], attr: float }]),
  ]
}

/** BiasAdd, and what comes after it. */
function fusedOps({ attr }: GraphNode): string[] {
  const { list } = (attr['fused_ops'] ?? {}) as { list?: { s?: readonly string[] } }
  return (list?.s ?? []).map((name) => atob(name))
}
