// What becomes of fused products and clips, and that everything else stays as it is.
import { expect, test } from 'vitest'
import type { GraphNode } from '../../../src/backend/graph/graph-nodes.ts'
import { unfusedNodes } from '../../../src/backend/graph/unfused-nodes.ts'

const fused = (...ops: string[]): GraphNode => ({
  name: 'layer',
  op: '_FusedMatMul',
  input: ['x', 'w', 'bias'],
  attr: { fused_ops: { list: { s: ops.map((op) => btoa(op)) } } },
})
const brief = (nodes: readonly GraphNode[]) =>
  nodes.map(({ name, op, input }) => `${name} = ${op}(${input.join(', ')})`)

const cases: readonly (readonly [string, GraphNode, readonly string[]])[] = [
  ['a product with a bias', fused('BiasAdd'), ['layer/product = MatMul(x, w)', 'layer = AddV2(layer/product, bias)']],
  [
    'a product with a bias and relu',
    fused('BiasAdd', 'Relu'),
    ['layer/product = MatMul(x, w)', 'layer/sum = AddV2(layer/product, bias)', 'layer = Relu(layer/sum)'],
  ],
  [
    'a clip',
    { name: 'bit', op: 'ClipByValue', input: ['x', 'zero', 'one'], attr: {} },
    ['bit/capped = Minimum(x, one)', 'bit = Maximum(bit/capped, zero)'],
  ],
]

test.each(cases)('takes %s apart', (_, node, expected) => {
  expect(brief(unfusedNodes([node]))).toEqual(expected)
})

test('leaves what it does not know, and what is not fused', () => {
  const nodes = [fused('BiasAdd', 'Elu'), { name: 'raw', op: 'Identity', input: ['layer'], attr: {} }]
  expect(unfusedNodes(nodes)).toEqual(nodes)
})
