// The modelTopology of an artifact in, its nodes as a checked list in topological order out.

import { z } from 'zod'
import { createError } from '../../errors.ts'

export type GraphNode = {
  readonly name: string
  readonly op: string
  /** Names of nodes, `:1` and so on for further outputs. */
  readonly input: readonly string[]
  readonly attr: Readonly<Record<string, unknown>>
}

/** Ours have some hundreds, a deep forest some thousands; each costs microseconds a run. */
const maxNodes = 20_000

const topologyShape = z.object({
  node: z.array(
    z.object({
      name: z.string().min(1),
      op: z.string().min(1),
      input: z.array(z.string()).default([]),
      attr: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
})

/** @throws VALIDATION_FAILED or LIMIT_EXCEEDED where the graph is malformed, cyclic or too large */
export function readGraphNodes(topology: unknown): GraphNode[] {
  const parsed = topologyShape.safeParse(topology)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]
    throw createError(
      'VALIDATION_FAILED',
      `model.json has a malformed modelTopology at ${path.join('.')}: ${message}`,
      {
        cause: parsed.error,
      },
    )
  }
  const nodes = parsed.data.node
  if (nodes.length > maxNodes)
    throw createError('LIMIT_EXCEEDED', `the graph may have ${maxNodes} nodes, got ${nodes.length}`)
  return inTopologicalOrder(nodes)
}

export function nodeOf(input: string): string {
  const colon = input.indexOf(':')
  return colon < 0 ? input : input.slice(0, colon)
}

/** Which output of its node an input is. */
export function portOf(input: string): number {
  const colon = input.indexOf(':')
  return colon < 0 ? 0 : Number(input.slice(colon + 1))
}

function inTopologicalOrder(nodes: readonly GraphNode[]): GraphNode[] {
  const waiting = new Map<string, number>()
  const readers = new Map<string, GraphNode[]>()
  for (const node of nodes) {
    if (waiting.has(node.name)) throw malformed(node, 'stands twice in the graph')
    waiting.set(node.name, node.input.length)
    readers.set(node.name, [])
  }
  for (const node of nodes)
    for (const input of node.input) {
      const list = readers.get(nodeOf(input))
      if (list === undefined) throw malformed(node, `reads ${input}, which is not in the graph`)
      list.push(node)
    }
  const ordered = nodes.filter(({ input }) => input.length === 0)
  for (let next = 0; next < ordered.length; next++)
    for (const reader of readers.get(ordered[next].name) ?? []) {
      const left = (waiting.get(reader.name) ?? 0) - 1
      waiting.set(reader.name, left)
      if (left === 0) ordered.push(reader)
    }
  if (ordered.length < nodes.length) {
    const stuck = nodes.find(({ name }) => (waiting.get(name) ?? 0) > 0)
    throw malformed(stuck ?? nodes[0], 'is part of a cycle')
  }
  return ordered
}

function malformed(node: GraphNode, what: string): Error {
  return createError(
    'VALIDATION_FAILED',
    `node ${node.name} (${node.op}) of the graph ${what}; convert the model again`,
    {
      details: { node: node.name },
    },
  )
}
