// The nodes of a large graph in, the same graph in a half of the JSON out: short names, and no types that nobody reads.

import type { NodeJson } from './graph-builder.ts'

/** Graphs up to this size keep names that tell what each node does. */
const readableNodes = 100

/**
 * Operations whose attributes are types only, which TF.js takes from the tensors themselves (tfjs-converter 4.22
 * op_list). Others keep theirs: OneHot without its type would run as float32, which wasm gets wrong.
 */
const inferredTypes = new Set(['AddV2', 'Sub', 'Mul', 'Minimum', 'GatherNd', 'Reshape', 'ClipByValue', 'Neg'])

/** Inputs, constants and the nodes in `kept` keep their names: others look for them. */
export function compactNodes(nodes: readonly NodeJson[], kept: ReadonlySet<string>): readonly NodeJson[] {
  if (nodes.length <= readableNodes) return nodes
  const names = new Map<string, string>()
  for (const { name, op } of nodes)
    if (op !== 'Placeholder' && op !== 'Const' && !kept.has(name)) names.set(name, `n${names.size.toString(36)}`)
  const renamed = (reference: string): string => {
    const [name, ...port] = reference.split(':')
    return [names.get(name) ?? name, ...port].join(':')
  }
  return nodes.map((node) => ({
    name: renamed(node.name),
    op: node.op,
    ...(node.input === undefined ? {} : { input: node.input.map(renamed) }),
    attr: inferredTypes.has(node.op) ? {} : node.attr,
  }))
}
