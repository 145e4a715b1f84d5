// Regions, a TensorFlow.js topology or the steps of an estimator in, the graph that people are shown of them out.

import type { Head } from '../../../src/artifact/head.ts'
import type { ModelSchema } from '../../../src/artifact/schema.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import type { EstimatorNode } from '../describe-estimators.ts'
import { describeRegions } from '../describe-regions.ts'
import type { GraphNode } from './graph-node.ts'

/** Regions in order, and the head that decodes their output. */
export function regionNodes(graph: RegionGraph, head: Head, { outputs }: Pick<ModelSchema, 'outputs'>): GraphNode[] {
  const regions = describeRegions(graph).map(({ region, kind, reads, text }): GraphNode => {
    return { id: `${region}`, title: kind, text, inputs: reads.map(String) }
  })
  const read = [...new Set(graph.output.map(({ region }) => `${region}`))]
  return [...regions, { id: 'output', title: head.kind, text: outputs.join(', '), inputs: read }]
}

/** Operations with the placeholders that they start from; constants are counted where they are read. */
export function operationNodes(topology: unknown): GraphNode[] {
  const records = recordsOf(topology)
  const constants = new Set(records.filter(({ op }) => op === 'Const').map(({ name }) => name))
  return records.flatMap(({ name, op, input }): GraphNode[] => {
    if (op === 'Const') return []
    const read = [...new Set(input.map((text) => text.replace(/^\^/, '').replace(/:\d+$/, '')))]
    const weights = read.filter((each) => constants.has(each)).length
    const text = weights === 0 ? name : `${name}, ${weights} constant${weights === 1 ? '' : 's'}`
    return [{ id: name, title: op, text, inputs: read.filter((each) => !constants.has(each)) }]
  })
}

/** Steps under their parents: what is left to draw of a source that cannot be converted. */
export function stepNodes(root: EstimatorNode): GraphNode[] {
  const nodes: GraphNode[] = []
  const add = ({ className, name, children }: EstimatorNode, parents: readonly string[]): void => {
    const id = `${nodes.length}`
    nodes.push({ id, title: className, text: name ?? '', inputs: parents })
    for (const child of children) add(child, [id])
  }
  add(root, [])
  return nodes
}

type NodeRecord = { readonly name: string; readonly op: string; readonly input: readonly string[] }

function recordsOf(topology: unknown): NodeRecord[] {
  const nodes: unknown = typeof topology === 'object' && topology !== null && 'node' in topology ? topology.node : []
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node: unknown): NodeRecord[] => {
    if (typeof node !== 'object' || node === null || !('name' in node) || !('op' in node)) return []
    const { name, op } = node
    if (typeof name !== 'string' || typeof op !== 'string') return []
    const input: unknown = 'input' in node ? node.input : []
    const texts = Array.isArray(input) ? input.filter((text: unknown) => typeof text === 'string') : []
    return [{ name, op, input: texts }]
  })
}
