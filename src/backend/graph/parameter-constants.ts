// A graph in, the same graph out in which shapes, axes, bounds and counts are constants that no operation reads as data.

import type { GraphNode } from './graph-nodes.ts'
import { parametersOf } from './graph-shape-rules.ts'

export type SeparatedGraph = {
  readonly nodes: readonly GraphNode[]
  /** Names of the constants that were added, each with the one that it is a copy of. */
  readonly copies: ReadonlyMap<string, string>
}

/**
 * TensorFlow.js reads a parameter with dataSync at every run. Where the same constant is data elsewhere it may have been
 * uploaded by then: dataSync throws on WebGPU, and is a copy from the device on others.
 */
export function separateParameters(nodes: readonly GraphNode[]): SeparatedGraph {
  const constants = new Map(nodes.filter(({ op }) => op === 'Const').map((node) => [node.name, node]))
  const names = new Set(nodes.map(({ name }) => name))
  const copyOf = new Map<string, string>()
  const added: GraphNode[] = []
  const copy = (source: GraphNode): string => {
    const known = copyOf.get(source.name)
    if (known !== undefined) return known
    let name = `${source.name}/parameter`
    while (names.has(name)) name += '-'
    names.add(name)
    copyOf.set(source.name, name)
    added.push({ ...source, name })
    return name
  }
  const rest = nodes.map((node) => {
    const parameters = new Set(parametersOf(node))
    if (parameters.size === 0) return node
    const input = node.input.map((name, i) => {
      const source = parameters.has(i) ? constants.get(name) : undefined
      return source === undefined ? name : copy(source)
    })
    return { ...node, input }
  })
  return { nodes: [...added, ...rest], copies: new Map([...copyOf].map(([source, name]) => [name, source])) }
}
