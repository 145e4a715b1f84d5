import { expect, it } from 'vitest'
import { compactNodes } from '../../../converters/graph/compact-nodes.ts'
import type { NodeJson } from '../../../converters/graph/graph-builder.ts'

const type = { type: 'DT_FLOAT' }

function chain(length: number): NodeJson[] {
  const steps = Array.from({ length }, (_, i) => ({
    name: `trees/${i}/above`,
    op: 'Neg',
    input: [i === 0 ? 'split:1' : `trees/${i - 1}/above`],
    attr: { T: type },
  }))
  return [
    { name: 'ranks', op: 'Placeholder', attr: { dtype: type } },
    { name: 'trees/rank', op: 'Const', attr: { dtype: type } },
    { name: 'split', op: 'SplitV', input: ['ranks', 'trees/rank'], attr: { T: type, num_split: { i: '2' } } },
    ...steps,
    { name: 'raw', op: 'Identity', input: [`trees/${length - 1}/above`], attr: { T: type } },
  ]
}

it('keeps the wiring of a large graph, and every name that others look for', () => {
  const nodes = compactNodes(chain(200), new Set(['raw']))
  const names = new Set(nodes.map(({ name }) => name))
  expect(names.size).toBe(nodes.length)
  for (const kept of ['ranks', 'trees/rank', 'raw']) expect(names).toContain(kept)
  for (const { input = [] } of nodes) for (const reference of input) expect(names).toContain(reference.split(':')[0])
  const [, , split, first, second] = nodes
  expect(first.input).toEqual([`${split.name}:1`])
  expect(second.input).toEqual([first.name])
})

it('leaves out only types that follow from the tensors', () => {
  const [ranks, , split, first] = compactNodes(chain(200), new Set(['raw']))
  expect(ranks.attr).toEqual({ dtype: type })
  expect(split.attr).toEqual({ T: type, num_split: { i: '2' } })
  expect(first.attr).toEqual({})
})

it('leaves a small graph readable', () => {
  const nodes = chain(20)
  expect(compactNodes(nodes, new Set(['raw']))).toBe(nodes)
})
