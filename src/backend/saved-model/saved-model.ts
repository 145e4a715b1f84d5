// The nodes of a graph without constant subgraphs, and its constants, in; the bytes of a SavedModel's one file out.

import type { ConstantTensor } from '../graph/constant-folding.ts'
import { type GraphNode, nodeOf, portOf } from '../graph/graph-nodes.ts'
import { type Attribute, attributeFields, type DataType, dataTypeNumbers, shapeFields } from './attribute.ts'
import { typeNode } from './node-attributes.ts'
import { concatenate, entryField, type Fields, integerField, messageField, textField } from './protobuf-writer.ts'

export type FrozenGraph = {
  /** In topological order. */
  readonly nodes: readonly GraphNode[]
  readonly constants: readonly ConstantTensor[]
  readonly input: { readonly name: string; readonly width: number }
  readonly output: { readonly name: string; readonly width: number }
}

/** Tensors that a session is given and asked for, and the tag under which a SavedModel has its graph. */
export const sessionNames = { input: 'input:0', output: 'output:0', tag: 'serve' } as const

/** What TensorFlow 2.9 wrote; older than what reads it, and newer than every operation here. */
const producer = 1087

/**
 * Nodes have new names, as TensorFlow allows only some letters. The input is the bits of float32 as int32: the add-on copies
 * float32 to a card and back before a session reads it, and leaves int32 where it is.
 * @throws RangeError for an operation that has no form in a SavedModel
 */
export function savedModelFields({ nodes, constants, input, output }: FrozenGraph): Fields {
  const known = new Map<string, Named>()
  const written: Fields[] = []
  const write = (name: string, op: string, inputs: readonly string[], attributes: Attributes): string => {
    written.push(nodeFields(name, op, inputs, attributes))
    return name
  }
  for (const [i, { name, shape, dtype, values }] of constants.entries()) {
    const value = { kind: 'tensor', type: dtype, shape, values } as const
    known.set(name, { name: write(`c${i}`, 'Const', [], { dtype: { kind: 'type', type: dtype }, value }), type: dtype })
  }
  for (const [i, node] of nodes.entries()) {
    if (node.op === 'Placeholder') {
      const bits = write('input', 'Placeholder', [], {
        dtype: { kind: 'type', type: 'int32' },
        shape: { kind: 'shape', shape: [-1, input.width] },
      })
      const floats = write(`n${i}`, 'Bitcast', [bits], {
        T: { kind: 'type', type: 'int32' },
        type: { kind: 'type', type: 'float32' },
      })
      known.set(node.name, { name: floats, type: 'float32' })
      continue
    }
    const sources = node.input.map((source) => sourceOf(known, node, source))
    const { attributes, type } = typeNode(
      node,
      sources.map((source) => source.type),
    )
    const name = node.name === output.name ? 'output' : `n${i}`
    write(
      name,
      node.op,
      sources.map((source) => source.name),
      attributes,
    )
    known.set(node.name, { name, type })
  }
  return savedModelOf(written, { input: input.width, output: output.width })
}

type Named = { readonly name: string; readonly type: DataType }
type Attributes = Readonly<Record<string, Attribute>>

function sourceOf(known: ReadonlyMap<string, Named>, node: GraphNode, source: string): Named {
  const found = known.get(source) ?? known.get(nodeOf(source))
  if (found === undefined) throw new RangeError(`node ${node.name} reads ${source}, which comes later`)
  // a folded constant has the port in its name
  const port = known.has(source) ? 0 : portOf(source)
  return port === 0 ? found : { ...found, name: `${found.name}:${port}` }
}

/** NodeDef (node_def.proto) as a field of GraphDef. */
function nodeFields(name: string, op: string, inputs: readonly string[], attributes: Attributes): Fields {
  return messageField(
    1,
    textField(1, name),
    textField(2, op),
    ...inputs.map((source) => textField(3, source)),
    ...Object.entries(attributes).map(([key, attribute]) => entryField(5, key, attributeFields(attribute))),
  )
}

/** SavedModel, MetaGraphDef and SignatureDef (saved_model.proto, meta_graph.proto). */
function savedModelOf(nodes: readonly Fields[], widths: { readonly input: number; readonly output: number }): Fields {
  const graph = messageField(2, ...nodes, messageField(4, integerField(1, producer)))
  const signature = entryField(
    5,
    'serving_default',
    entryField(1, 'input', ...tensorInfo(sessionNames.input, 'int32', widths.input)),
    entryField(2, 'output', ...tensorInfo(sessionNames.output, 'float32', widths.output)),
    textField(3, 'tensorflow/serving/predict'),
  )
  const info = messageField(1, textField(4, sessionNames.tag))
  return concatenate([integerField(1, 1), messageField(2, info, graph, signature)])
}

function tensorInfo(name: string, type: DataType, width: number): Fields[] {
  return [textField(1, name), integerField(2, dataTypeNumbers[type]), messageField(3, ...shapeFields([-1, width]))]
}
