// An artifact and what a device can hold in; the nodes of its graph, their shapes and the memory they take out.

import type { Artifact, WeightSpec } from '../../artifact/artifact.ts'
import { decodeWeights, elementCount, weightByteLength } from '../../artifact/decode-tensor.ts'
import type { GraphInput } from '../../artifact/metadata.ts'
import { createError } from '../../errors.ts'
import { type GraphNode, readGraphNodes } from './graph-nodes.ts'
import { type GraphShapes, inferShapes } from './graph-shapes.ts'
import { separateParameters } from './parameter-constants.ts'

export type GraphPlan = {
  /** In topological order; parameters have constants of their own. */
  readonly nodes: readonly GraphNode[]
  readonly shapes: GraphShapes
  /** Of all constants, and their bytes in the same order. */
  readonly specs: readonly WeightSpec[]
  readonly weightData: readonly ArrayBuffer[]
  readonly input: GraphInput
  /** Columns of the output. */
  readonly outputWidth: number
  /** Larger batches run in slices, so that memory is bounded and no tensor is larger than the device can bind. */
  readonly rowsPerRun: number
  /** Weights, folded constants and one full run. */
  readonly byteLength: number
}

export type DeviceLimits = {
  /** Bytes of the largest tensor that the device can bind; absent where only memory limits it. */
  readonly maxTensorBytes?: number
}

export const outputName = 'raw'

/** Elements that one execution may compute, 64 MiB of float32. */
const maxElementsPerRun = 1 << 24

/** Every dtype of a portable graph: float32 and int32. */
const bytesPerElement = 4

/** @throws UNSUPPORTED, VALIDATION_FAILED or LIMIT_EXCEEDED for the graph, OUT_OF_MEMORY for a tensor over the limit */
export function planGraph(artifact: Artifact, limits: DeviceLimits = {}): GraphPlan {
  const { metadata, modelJson } = artifact
  if (metadata.inputs.length !== 1)
    throw createError('UNSUPPORTED', `a graph takes one input, got ${metadata.inputs.length}`)
  const { nodes, copies } = separateParameters(readGraphNodes(modelJson.modelTopology))
  const { specs, values, weightData } = withCopies(artifact, copies)
  const widths = new Map(metadata.inputs.map(({ name, width }) => [name, width]))
  const shapes = inferShapes(nodes, { specs: new Map(specs.map((spec) => [spec.name, spec])), values }, widths)
  const raw = shapes.shapes.get(outputName)?.[0]
  if (raw?.length !== 2 || raw[1] !== metadata.rawWidth || shapes.constant.has(outputName))
    throw createError(
      'VALIDATION_FAILED',
      `the graph must have an output ${outputName} of ${metadata.rawWidth} columns, got ${raw ? `[${raw.join(', ')}]` : 'none'}`,
    )
  const sizes = measure(nodes, shapes, limits)
  const constantElements = specs.reduce((sum, { shape }) => sum + elementCount(shape), sizes.foldedElements)
  const rowsPerRun = Math.max(
    1,
    Math.min(Math.floor(maxElementsPerRun / Math.max(1, sizes.rowElements)), sizes.maxRows),
  )
  const byteLength = bytesPerElement * (constantElements + rowsPerRun * sizes.rowElements)
  const { inputs, rawWidth } = metadata
  return { nodes, shapes, specs, weightData, input: inputs[0], outputWidth: rawWidth, rowsPerRun, byteLength }
}

/** The weights of the artifact, and behind them those that are copies. */
function withCopies(artifact: Artifact, copies: ReadonlyMap<string, string>) {
  const stored = artifact.modelJson.weightsManifest.flatMap(({ weights }) => weights)
  const values = decodeWeights(artifact)
  const places = new Map<string, { readonly spec: WeightSpec; readonly start: number }>()
  let start = 0
  for (const spec of stored) {
    places.set(spec.name, { spec, start })
    start += weightByteLength(spec)
  }
  const specs = [...stored]
  const weightData = [artifact.weightData]
  for (const [name, source] of copies) {
    const place = places.get(source)
    const decoded = values.get(source)
    // a Const without weights: the shapes refuse it by name
    if (place === undefined || decoded === undefined) continue
    specs.push({ ...place.spec, name })
    values.set(name, decoded)
    weightData.push(artifact.weightData.slice(place.start, place.start + weightByteLength(place.spec)))
  }
  return { specs, values, weightData }
}

/** Elements of folded constants and of one row, and how many rows the largest tensor of a row leaves room for. */
function measure(
  nodes: readonly GraphNode[],
  { shapes, constant }: GraphShapes,
  { maxTensorBytes = Infinity }: DeviceLimits,
): { readonly foldedElements: number; readonly rowElements: number; readonly maxRows: number } {
  let foldedElements = 0
  let rowElements = 0
  let largest = 1
  for (const { name, op } of nodes)
    for (const shape of shapes.get(name) ?? []) {
      const elements = elementCount(shape)
      if (elements * bytesPerElement > maxTensorBytes) throw tooLarge(name, shape, maxTensorBytes)
      if (!constant.has(name)) {
        rowElements += elements
        largest = Math.max(largest, elements)
      } else if (op !== 'Const') foldedElements += elements
    }
  return { foldedElements, rowElements, maxRows: Math.floor(maxTensorBytes / (largest * bytesPerElement)) }
}

function tooLarge(tensor: string, shape: readonly number[], maxTensorBytes: number): Error {
  const byteLength = elementCount(shape) * bytesPerElement
  return createError(
    'OUT_OF_MEMORY',
    `tensor ${tensor} of shape [${shape.join(', ')}] takes ${byteLength} bytes, and the device binds at most ${maxTensorBytes}; use another backend or a smaller model`,
    { details: { tensor, byteLength, maxTensorBytes } },
  )
}
