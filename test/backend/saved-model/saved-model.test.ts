// Frozen graphs as SavedModels: the bytes of a small one by hand, and of every stored model as an independent reader sees them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { convertModel } from '../../../converters/index.ts'
import { readArtifact } from '../../../src/artifact/read-artifact.ts'
import { sha256Hex } from '../../../src/artifact/sha256.ts'
import { elementCount } from '../../../src/artifact/decode-tensor.ts'
import { foldConstants } from '../../../src/backend/graph/constant-folding.ts'
import { nodeOf, portOf } from '../../../src/backend/graph/graph-nodes.ts'
import { type GraphPlan, planGraph } from '../../../src/backend/graph/graph-plan.ts'
import type { DataType } from '../../../src/backend/saved-model/attribute.ts'
import { typeNode } from '../../../src/backend/saved-model/node-attributes.ts'
import { joinFields } from '../../../src/backend/saved-model/protobuf-writer.ts'
import { type FrozenGraph, savedModelFields } from '../../../src/backend/saved-model/saved-model.ts'
import { artifactFiles } from '../../helpers/artifacts.ts'
import { entriesOf, messagesOf, nodesOf, readFields, textsOf } from '../../helpers/protobuf-reader.ts'

const small: FrozenGraph = {
  nodes: [
    { name: 'features', op: 'Placeholder', input: [], attr: {} },
    { name: 'a b', op: 'AddV2', input: ['features', 'offset'], attr: {} },
    { name: 'raw', op: 'Identity', input: ['a b'], attr: {} },
  ],
  constants: [{ name: 'offset', shape: [1], dtype: 'float32', values: Float32Array.of(1.5) }],
  input: { name: 'features', width: 2 },
  output: { name: 'raw', width: 2 },
}

const bytesOf = (frozen: FrozenGraph): Uint8Array => joinFields(savedModelFields(frozen))
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('has schema version 1, the tag of serving, and a producer that TensorFlow knows', () => {
  const [version, metaGraph] = readFields(bytesOf(small))
  expect(version).toEqual({ field: 1, value: 1n })
  expect(metaGraph.field).toBe(2)
  const [info] = messagesOf(metaGraph.value as Uint8Array, 1)
  expect(textsOf(info, 4)).toEqual(['serve'])
  const [graph] = messagesOf(metaGraph.value as Uint8Array, 2)
  expect(messagesOf(graph, 4).map(hexOf)).toEqual(['08bf08'])
})

test('names nodes as TensorFlow allows, in an order in which each reads what stands before it', () => {
  expect(nodesOf(bytesOf(small)).map(({ name, op, inputs }) => [name, op, ...inputs])).toEqual([
    ['c0', 'Const'],
    ['input', 'Placeholder'],
    ['n0', 'Bitcast', 'input'],
    ['n1', 'AddV2', 'n0', 'c0'],
    ['output', 'Identity', 'n1'],
  ])
})

test('writes attributes by their types', () => {
  const [constant, placeholder, bitcast, sum] = nodesOf(bytesOf(small))
  const hex = (attributes: Readonly<Record<string, Uint8Array>>) =>
    Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, hexOf(value)]))
  // type DT_FLOAT; tensor { dtype: DT_FLOAT, tensor_shape { dim { size: 1 } }, tensor_content: 1.5 }
  expect(hex(constant.attributes)).toEqual({ dtype: '3001', value: '420e0801120412020801220400' + '00c03f' })
  // shape { dim { size: -1 } dim { size: 2 } }
  expect(hex(placeholder.attributes)).toEqual({ dtype: '3003', shape: '3a11120b08ffffffffffffffffff0112020802' })
  expect(hex(bitcast.attributes)).toEqual({ T: '3003', type: '3001' })
  expect(hex(sum.attributes)).toEqual({ T: '3001' })
})

test('has a signature that others may call it by', () => {
  const [metaGraph] = messagesOf(bytesOf(small), 2)
  const [[name, signature]] = entriesOf(metaGraph, 5)
  expect(name).toBe('serving_default')
  const tensors = [1, 2].flatMap((field) => entriesOf(signature, field))
  expect(tensors.map(([key, info]) => [key, textsOf(info, 1)[0]])).toEqual([
    ['input', 'input:0'],
    ['output', 'output:0'],
  ])
  expect(textsOf(signature, 3)).toEqual(['tensorflow/serving/predict'])
})

test('reads further outputs of a node by their number, and folded ones by their name', () => {
  const frozen: FrozenGraph = {
    ...small,
    nodes: [
      small.nodes[0],
      { name: 'parts', op: 'SplitV', input: ['features', 'offset/output-1', 'axis'], attr: { num_split: { i: '2' } } },
      { name: 'raw', op: 'Sub', input: ['parts:1', 'parts'], attr: {} },
    ],
    constants: [
      { name: 'offset/output-1', shape: [2], dtype: 'int32', values: Int32Array.of(1, 1) },
      { name: 'axis', shape: [], dtype: 'int32', values: Int32Array.of(1) },
    ],
  }
  const [, , , , split, output] = nodesOf(bytesOf(frozen))
  expect(split.inputs).toEqual(['n0', 'c0', 'c1'])
  expect(hexOf(split.attributes['num_split'])).toBe('1802')
  expect(output.inputs).toEqual(['n1:1', 'n1'])
})

test('refuses an operation whose attributes it does not know, and an input that is not there', () => {
  const withNode = (op: string, input: string): FrozenGraph => ({
    ...small,
    nodes: [small.nodes[0], { name: 'raw', op, input: [input], attr: {} }],
  })
  expect(() => savedModelFields(withNode('Where', 'features'))).toThrow('operation Where has no form in a SavedModel')
  expect(() => savedModelFields(withNode('Neg', 'later'))).toThrow('node raw reads later')
})

/** As TensorFlow.js would compute them, but zeros: only their types and shapes matter here. */
function frozenOf(plan: GraphPlan): FrozenGraph {
  const types = new Map<string, DataType>()
  for (const node of plan.nodes) {
    const spec = plan.specs.find(({ name }) => name === node.name)
    if (spec !== undefined) types.set(node.name, spec.dtype === 'int32' ? 'int32' : 'float32')
    else if (node.op === 'Placeholder') types.set(node.name, 'float32')
    else
      types.set(
        node.name,
        typeNode(
          node,
          node.input.map((source) => types.get(nodeOf(source)) ?? 'float32'),
        ).type,
      )
  }
  const { nodes, constants } = foldConstants(plan.nodes, plan.shapes.constant, 'raw')
  return {
    nodes,
    constants: constants.map(({ source, name }) => {
      const shape = plan.shapes.shapes.get(nodeOf(source))?.[portOf(source)] ?? []
      const count = elementCount(shape)
      return types.get(nodeOf(source)) === 'int32'
        ? { name, shape, dtype: 'int32', values: new Int32Array(count) }
        : { name, shape, dtype: 'float32', values: new Float32Array(count) }
    }),
    input: plan.input,
    output: { name: 'raw', width: plan.outputWidth },
  }
}

function expectWhole(files: Readonly<Record<string, Uint8Array>>): void {
  const frozen = frozenOf(planGraph(readArtifact(files, { hash: sha256Hex })))
  const before = new Set<string>()
  const broken: string[] = []
  for (const { name, op, inputs, attributes } of nodesOf(bytesOf(frozen))) {
    if (!/^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$/.test(name)) broken.push(`${name} is no name`)
    for (const input of inputs) if (!before.has(nodeOf(input))) broken.push(`${name} reads ${input} too early`)
    // one value each, so that none is taken for another
    for (const [key, value] of Object.entries(attributes))
      if (readFields(value).length !== 1) broken.push(`${op} has a strange ${key}`)
    before.add(name)
  }
  expect(broken).toEqual([])
  expect(before).toContain('output')
}

describe('stored models are whole SavedModels', () => {
  test.each(['telco_churn', 'credit_risk'] as const)('%s', async (name) => {
    expectWhole(await artifactFiles(name))
  })

  const root = new URL('../../golden/sklearn/1.9/', import.meta.url)
  const names = readdirSync(root).filter((name) => existsSync(new URL(`${name}/model.joblib`, root)))
  // a tenth of them; the integration tests load all into TensorFlow
  test.each(names.filter((_, i) => i % 10 === 0))('%s', async (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(`${name}/model.joblib`, root)))
    const { files } = await convertModel({ 'model.joblib': bytes }, { quantize: 'uint8' })
    expectWhole(files)
  })
})
