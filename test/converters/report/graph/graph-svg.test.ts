// Graphs in, text and pictures of them out.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawGraph } from '../../../../converters/report/graph/draw-graph.ts'
import { type GraphNode, inReadingOrder } from '../../../../converters/report/graph/graph-node.ts'
import { operationNodes } from '../../../../converters/report/graph/graph-nodes.ts'
import { graphSvg } from '../../../../converters/report/graph/graph-svg.ts'
import { htmlFaults } from '../../../helpers/html-faults.ts'

const node = (id: string, ...inputs: string[]): GraphNode => ({ id, title: 'Add', text: id, inputs })
const idsOf = (nodes: readonly GraphNode[]) => nodes.map(({ id }) => id).join('')

test('puts what is read before what reads it, and a cycle last', () => {
  expect(idsOf(inReadingOrder([node('c', 'b', 'a', 'a'), node('b', 'a'), node('a')]))).toBe('abc')
  expect(idsOf(inReadingOrder([node('x', 'y'), node('y', 'x'), node('a', 'nowhere')]))).toBe('axy')
})

test('draws a box for each node and a line for each input', () => {
  const svg = graphSvg('a model', [node('a'), node('b', 'a'), node('c', 'a', 'b')])
  expect(htmlFaults(svg)).toEqual([])
  expect(svg.match(/<rect [^>]*rx="5"/g)).toHaveLength(3)
  expect(svg.match(/<path /g)).toHaveLength(3)
  const tops = [...svg.matchAll(/ y="(\d+)" width="\d+" height="38"/g)].map(([, y]) => Number(y))
  expect(tops).toEqual([...new Set(tops)].sort((a, b) => a - b))
})

test('says how many nodes of a large graph it leaves out', () => {
  const chain = Array.from({ length: 500 }, (_, i) => node(`${i}`, ...(i > 0 ? [`${i - 1}`] : [])))
  expect(graphSvg('long', chain)).toContain('… 380 more nodes')
  expect(drawGraph(chain).split('\n')).toHaveLength(61)
  expect(drawGraph(chain)).toMatch(/\n… 440 more$/)
  expect(drawGraph(chain.slice(0, 2))).toBe('0  ┌  Add       0\n1  ├  Add  ← 0  1')
})

test('draws any graph that a file may describe', () => {
  const name = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string({ unit: 'binary' }), fc.constant('<script>"&'))
  const record = fc.record({ name, op: fc.oneof(name, fc.constant('Const')), input: fc.array(name) })
  const topology = fc.record({ node: fc.array(fc.oneof(record, fc.anything())) })
  fc.assert(
    fc.property(fc.oneof(topology, fc.anything()), name, (given, title) => {
      const nodes = operationNodes(given)
      expect(htmlFaults(graphSvg(title, nodes))).toEqual([])
      expect(typeof drawGraph(nodes)).toBe('string')
    }),
    { numRuns: 150 },
  )
})

test('leaves constants out and counts them where they are read', () => {
  const records = [
    { name: 'x', op: 'Placeholder' },
    { name: 'w', op: 'Const' },
    { name: 'split', op: 'SplitV', input: ['w', 'w'] },
    { name: 'y', op: 'MatMul', input: ['x', 'split:1', 'w', '^x'] },
  ]
  expect(operationNodes({ node: records })).toEqual([
    { id: 'x', title: 'Placeholder', text: 'x', inputs: [] },
    { id: 'split', title: 'SplitV', text: 'split, 1 constant', inputs: [] },
    { id: 'y', title: 'MatMul', text: 'y, 1 constant', inputs: ['x', 'split'] },
  ])
})
