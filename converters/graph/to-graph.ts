// A folded region graph and its stored form in, a TensorFlow graph of standard operations out.

import type { Head } from '../../src/artifact/head.ts'
import type { GraphInput } from '../../src/artifact/metadata.ts'
import type { NamedTensor } from '../../src/artifact/tensor.ts'
import { createError } from '../../src/errors.ts'
import type { ColumnRef } from '../../src/regions/column-ref.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { densePartName } from '../../src/regions/stored-dense.ts'
import type { StoredOf, StoredRegions } from '../../src/regions/stored-shape.ts'
import { compactNodes } from './compact-nodes.ts'
import { GraphBuilder, type NodeJson, shapeJson } from './graph-builder.ts'
import { addHeadOutputs, type GraphOutput } from './head-outputs.ts'
import { addTrees } from './tree-outputs.ts'

export type PortableGraph = {
  readonly modelTopology: {
    readonly node: readonly NodeJson[]
    readonly library: object
    readonly versions: { readonly producer: number }
  }
  readonly signature: { readonly inputs: object; readonly outputs: object }
  /** Constants that the graph needs besides the regions' tensors. */
  readonly constants: readonly NamedTensor[]
  readonly inputs: readonly GraphInput[]
}

/** What storeRegions made of the graph, and the graph itself. */
export type GraphSource = {
  readonly graph: RegionGraph
  readonly stored: StoredRegions
  readonly tensors: readonly NamedTensor[]
  readonly head: Head
}

/** GraphDef version that TensorFlow 2 writes; TF.js only asks that it is there. */
const producerVersion = 1395

/**
 * The portable graph: one float32 input, output `raw`, and outputs for stock users after the head.
 * @throws UNSUPPORTED where trees read anything but ranks
 */
export function toGraph({ graph, stored, tensors, head }: GraphSource): PortableGraph {
  const builder = new GraphBuilder()
  const source = outputRegion(graph)
  const kind = source < 0 ? 'features' : stored.regions[source].kind
  const input =
    kind === 'dense-chain'
      ? denseInput(graph, source)
      : kind === 'tree-ensemble'
        ? treeInput(graph, source)
        : ({ name: 'features', width: graph.output.length, region: -1 } as const)
  builder.placeholder(input.name, input.width)
  // Cover and flip points are for readers of the regions; the graph has no use for them.
  const owned = source < 0 ? [] : tensors.filter(({ name, role }) => role !== 'cover' && isOf(name, source))
  for (const tensor of owned) if (tensor.role !== 'float64') builder.tensor(tensor)
  const region = source < 0 ? undefined : stored.regions[source]
  const result =
    region?.kind === 'dense-chain'
      ? addDenseChain(builder, region, { prefix: `dense${source}`, input: input.name })
      : region?.kind === 'tree-ensemble'
        ? addTrees(builder, region, { prefix: `trees${source}`, input: input.name, inputWidth: input.width })
        : input.name
  builder.add('raw', 'Identity', [result])
  const outputs = [{ name: 'raw', width: graph.output.length }, ...addHeadOutputs(builder, head, graph.output.length)]
  const nodes = compactNodes(builder.nodes, new Set(outputs.map(({ name }) => name)))
  return {
    modelTopology: { node: nodes, library: {}, versions: { producer: producerVersion } },
    signature: { inputs: tensorInfos([input]), outputs: tensorInfos(outputs) },
    constants: builder.constants,
    inputs: [input],
  }
}

function isOf(name: string, region: number): boolean {
  return name.startsWith(`trees${region}/`) || name.startsWith(`dense${region}/`)
}

/**
 * The one region whose columns, all and in order, are the output; −1 where the output is plain columns, or is computed
 * from what several models or formulas give: such a graph takes its raw columns ready, and the encoder computes them.
 */
function outputRegion(graph: RegionGraph): number {
  const number = graph.output[0].region
  const region = graph.regions[number]
  const width =
    region.kind === 'dense-chain'
      ? region.layers[region.layers.length - 1].outputWidth
      : region.kind === 'tree-ensemble'
        ? region.outputWidth
        : -1
  return isIdentity(graph.output, width) ? number : -1
}

function isIdentity(refs: readonly ColumnRef[], width: number): boolean {
  return refs.length === width && refs.every(({ region, column }, i) => region === refs[0].region && column === i)
}

function denseInput(graph: RegionGraph, number: number): GraphInput {
  const region = graph.regions[number]
  if (region.kind !== 'dense-chain') throw new RangeError(`region ${number} is no dense chain`)
  return { name: 'features', width: region.inputs.length, region: number }
}

function treeInput(graph: RegionGraph, number: number): GraphInput {
  const region = graph.regions[number]
  if (region.kind !== 'tree-ensemble') throw new RangeError(`region ${number} is no tree ensemble`)
  const source = region.inputs[0]?.region ?? -1
  const ranks = graph.regions[source]
  if (ranks?.kind !== 'ranks' || !isIdentity(region.inputs, ranks.columns.length))
    throw createError(
      'UNSUPPORTED',
      `region ${number}, tree-ensemble, must read all columns of one ranks region in order`,
    )
  return { name: 'ranks', width: ranks.columns.length, region: source }
}

function addDenseChain(
  builder: GraphBuilder,
  { layers }: StoredOf<'dense-chain'>,
  { prefix, input }: { readonly prefix: string; readonly input: string },
): string {
  let values = input
  layers.forEach(({ activation, hasScale, parts }, number) => {
    const name = (part: string) => `${prefix}/${number}/${part}`
    const whole = parts
      ? builder.concat(
          name('rows'),
          parts.map((_, part) => name(densePartName(part))),
          0,
        )
      : name('weights')
    const weights = hasScale ? builder.add(name('matrix'), 'Mul', [whole, name('scale')]) : whole
    const fused = activation === 'relu' ? 'Relu' : undefined
    values = builder.fusedMatMul(name('sum'), [values, weights, name('bias')], fused)
    if (activation === 'tanh') values = builder.add(name('tanh'), 'Tanh', [values])
    if (activation === 'logistic') values = builder.add(name('logistic'), 'Sigmoid', [values])
  })
  return values
}

function tensorInfos(list: readonly GraphOutput[]): object {
  return Object.fromEntries(
    list.map(({ name, width }) => [
      name,
      { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shapeJson([-1, width]) },
    ]),
  )
}
