// A graph as people are shown it: what each node is, and which ones it reads; plain JSON.

export type GraphNode = {
  readonly id: string
  /** What it does. */
  readonly title: string
  /** How large it is, or what it is called. */
  readonly text: string
  /** Ids of the nodes that it reads. */
  readonly inputs: readonly string[]
}

/**
 * Nodes after all that they read; those of a cycle, which no graph that runs has, last.
 * Order among the ready ones is that of the list, so that one graph is always drawn alike.
 */
export function inReadingOrder(nodes: readonly GraphNode[]): GraphNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const waiting = new Map(nodes.map((node) => [node.id, new Set(node.inputs.filter((id) => byId.has(id))).size]))
  const readers = new Map<string, string[]>()
  for (const { id, inputs } of nodes)
    for (const input of new Set(inputs)) {
      const list = readers.get(input)
      if (list === undefined) readers.set(input, [id])
      else list.push(id)
    }
  const ready = nodes.filter(({ id }) => waiting.get(id) === 0)
  const ordered: GraphNode[] = []
  for (let at = 0; at < ready.length; at++) {
    const node = ready[at]
    ordered.push(node)
    for (const reader of readers.get(node.id) ?? []) {
      const left = (waiting.get(reader) ?? 0) - 1
      waiting.set(reader, left)
      const next = byId.get(reader)
      if (left === 0 && next !== undefined) ready.push(next)
    }
  }
  const placed = new Set(ordered.map(({ id }) => id))
  return [...ordered, ...nodes.filter(({ id }) => !placed.has(id))]
}
