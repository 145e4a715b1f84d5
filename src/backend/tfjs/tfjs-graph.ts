// An artifact in, its portable graph as a loaded TensorFlow.js model out, which runs batches of slabs.

import type { GraphModel } from '@tensorflow/tfjs-converter'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Artifact } from '../../artifact/artifact.ts'
import { decodeWeights, elementCount } from '../../artifact/decode-tensor.ts'
import type { GraphInput } from '../../artifact/metadata.ts'
import { createError, isMLError } from '../../errors.ts'
import { type ConstantTensor, foldConstants, foldedArtifacts } from '../graph/constant-folding.ts'
import { readGraphNodes } from '../graph/graph-nodes.ts'
import { type GraphShapes, inferShapes } from '../graph/graph-shapes.ts'
import type { Backend, BackendModel, Slab } from '../port.ts'
import { openTfjs, type TfjsBackendName, type TfjsLibrary } from './tfjs-library.ts'

/** Elements that one execution may compute, 64 MiB of float32; larger batches run in slices, so memory is bounded. */
const maxElementsPerRun = 1 << 24

/**
 * What all models of a backend may hold. TF.js' wasm heap ends at 4 GiB, and its allocator does not say so: a tensor that
 * finds no room lands at address 0.
 */
const memoryBudgetBytes = { wasm: 3 * 2 ** 30, cpu: 8 * 2 ** 30 } as const satisfies Record<TfjsBackendName, number>

const outputName = 'raw'

/** A backend that runs portable graphs with TensorFlow.js; the library is imported at the first load. */
export function createTfjsBackend(name: TfjsBackendName, description: string): Backend {
  let library: Promise<TfjsLibrary> | undefined
  const reserved = { bytes: 0 }
  async function openLibrary(): Promise<TfjsLibrary> {
    library ??= openTfjs(name)
    try {
      return await library
    } catch (error) {
      library = undefined
      throw error
    }
  }

  return {
    name,
    description,
    async open() {
      await openLibrary()
      return { library: description, device: { kind: 'cpu', name: 'this process, one thread' }, threadCount: 1 }
    },
    tensorCount: async () => (await openLibrary()).tf.memory().numTensors,
    health: () => ({ restartCount: 0 }),
    close: () => Promise.resolve(),
    async load(artifact) {
      const opened = await openLibrary()
      const plan = planOf(artifact)
      const bytes = reserve(name, reserved, plan)
      try {
        const model = opened.within(() => compileGraph(opened, artifact, plan))
        return createModel(opened, model, { name, artifact, plan, release: () => void (reserved.bytes -= bytes) })
      } catch (error) {
        reserved.bytes -= bytes
        throw isMLError(error) ? error : loadFailed(name, artifact, error)
      }
    },
  }
}

type Plan = {
  readonly nodes: ReturnType<typeof readGraphNodes>
  readonly shapes: GraphShapes
  readonly input: GraphInput
  readonly rowsPerRun: number
  /** Weights, folded constants and one full run. */
  readonly byteLength: number
}

function planOf(artifact: Artifact): Plan {
  const { metadata, modelJson } = artifact
  if (metadata.inputs.length !== 1)
    throw createError('UNSUPPORTED', `a graph takes one input, got ${metadata.inputs.length}`)
  const specs = new Map(modelJson.weightsManifest.flatMap(({ weights }) => weights).map((spec) => [spec.name, spec]))
  const nodes = readGraphNodes(modelJson.modelTopology)
  const widths = new Map(metadata.inputs.map(({ name, width }) => [name, width]))
  const shapes = inferShapes(nodes, { specs, values: decodeWeights(artifact) }, widths)
  const raw = shapes.shapes.get(outputName)?.[0]
  if (raw?.length !== 2 || raw[1] !== metadata.rawWidth || shapes.constant.has(outputName))
    throw createError(
      'VALIDATION_FAILED',
      `the graph must have an output ${outputName} of ${metadata.rawWidth} columns, got ${raw ? `[${raw.join(', ')}]` : 'none'}`,
    )
  let constantElements = [...specs.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0)
  let rowElements = 0
  for (const { name, op } of nodes) {
    const elements = (shapes.shapes.get(name) ?? []).reduce((sum, shape) => sum + elementCount(shape), 0)
    if (!shapes.constant.has(name)) rowElements += elements
    else if (op !== 'Const') constantElements += elements
  }
  const rowsPerRun = Math.max(1, Math.floor(maxElementsPerRun / Math.max(1, rowElements)))
  const byteLength = 4 * (constantElements + rowsPerRun * rowElements)
  return { nodes, shapes, input: metadata.inputs[0], rowsPerRun, byteLength }
}

function reserve(name: TfjsBackendName, reserved: { bytes: number }, { byteLength }: Plan): number {
  const budget = memoryBudgetBytes[name]
  if (reserved.bytes + byteLength > budget)
    throw createError(
      'OUT_OF_MEMORY',
      `backend ${name} has ${budget} bytes for all models, ${reserved.bytes} are taken and this one needs ${byteLength}; unload a model or use a smaller one`,
      { details: { backend: name, byteLength, reservedBytes: reserved.bytes, budgetBytes: budget } },
    )
  reserved.bytes += byteLength
  return byteLength
}

/** Constant subgraphs run once here; the model that stays holds only what changes from run to run. */
function compileGraph(library: TfjsLibrary, artifact: Artifact, { nodes, shapes }: Plan): GraphModel<never> {
  const { tf, loadGraphModelSync } = library
  const folded = foldConstants(nodes, shapes.constant, outputName)
  const whole = loadGraphModelSync({
    modelTopology: artifact.modelJson.modelTopology as object,
    weightSpecs: artifact.modelJson.weightsManifest.flatMap(({ weights }) =>
      weights.map((spec) => ({ ...spec, shape: [...spec.shape] })),
    ),
    weightData: artifact.weightData,
  } as never)
  try {
    const constants: ConstantTensor[] = []
    const sources = folded.constants.map(({ source }) => source)
    tf.tidy(() => {
      const found = sources.length === 0 ? [] : whole.execute({}, sources)
      const tensors = Array.isArray(found) ? found : [found]
      tensors.forEach((tensor, i) => constants.push(constantOf(folded.constants[i].name, tensor)))
    })
    return loadGraphModelSync(foldedArtifacts(folded.nodes, constants) as never)
  } finally {
    whole.dispose()
  }
}

/** A copy: on cpu the values are the tensor's own storage, and still an Int32Array after a cast to float32. */
function constantOf(name: string, tensor: Tensor): ConstantTensor {
  const { shape, dtype } = tensor
  const values = tensor.dataSync<'float32'>()
  return dtype === 'int32'
    ? { name, shape, dtype, values: Int32Array.from(values) }
    : { name, shape, dtype: 'float32', values: Float32Array.from(values) }
}

type ModelParts = {
  readonly name: TfjsBackendName
  readonly artifact: Artifact
  readonly plan: Plan
  readonly release: () => void
}

function createModel(library: TfjsLibrary, model: GraphModel<never>, parts: ModelParts): BackendModel {
  const { name, artifact, plan, release } = parts
  const { tf } = library
  const { metadata } = artifact
  const { input, rowsPerRun } = plan
  let isDisposed = false

  /** One tensor in, one execution, one read-out; whatever it allocates is gone when it returns. */
  function runSlice(values: Float32Array, from: number, rowCount: number, into: Float32Array): void {
    tf.tidy(() => {
      const rows = values.subarray(from * input.width, (from + rowCount) * input.width)
      const tensor = tf.tensor2d(rows, [rowCount, input.width], 'float32')
      const raw = model.execute({ [input.name]: tensor }, outputName) as Tensor
      const result = raw.dataSync<'float32'>()
      if (result.length !== rowCount * metadata.rawWidth)
        throw new RangeError(`${rowCount} rows must give ${rowCount * metadata.rawWidth} numbers, got ${result.length}`)
      into.set(result, from * metadata.rawWidth)
    })
  }

  return {
    mode: 'sync',
    run(inputs, rowCount, outputs) {
      if (isDisposed) throw createError('CLOSED', `model ${metadata.name} on backend ${name} was disposed`)
      const slab = slabOf(inputs, input, rowCount)
      const target = slabOf(outputs, { name: outputName, width: metadata.rawWidth }, rowCount)
      if (rowCount === 0) return
      try {
        library.within(() => {
          for (let from = 0; from < rowCount; from += rowsPerRun)
            runSlice(slab.values, from, Math.min(rowsPerRun, rowCount - from), target.values)
        })
      } catch (cause) {
        throw executionFailed(name, artifact, rowCount, cause)
      }
    },
    dispose() {
      if (isDisposed) return
      isDisposed = true
      model.dispose()
      release()
    },
  }
}

function slabOf(
  slabs: readonly Slab[],
  wanted: { readonly name: string; readonly width: number },
  rowCount: number,
): Slab {
  const slab = slabs.find(({ name }) => name === wanted.name)
  if (slab !== undefined && slab.width === wanted.width && slab.values.length >= rowCount * wanted.width) return slab
  const got = slab === undefined ? 'none' : `width ${slab.width} and ${slab.values.length} values`
  throw createError(
    'EXECUTION_FAILED',
    `slab ${wanted.name} must have width ${wanted.width} and hold ${rowCount} rows, got ${got}`,
  )
}

/** V8 says so for a typed array that finds no room, emscripten for its heap. */
function isOutOfMemory(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    /allocation failed|out of memory|Cannot enlarge memory|Invalid typed array length/i.test(cause.message)
  )
}

function executionFailed(name: TfjsBackendName, { metadata }: Artifact, rowCount: number, cause: unknown): Error {
  return createError(
    isOutOfMemory(cause) ? 'OUT_OF_MEMORY' : 'EXECUTION_FAILED',
    `backend ${name} could not run ${rowCount} rows of model ${metadata.name}: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause, details: { backend: name, model: metadata.name, rowCount } },
  )
}

function loadFailed(name: TfjsBackendName, { metadata }: Artifact, cause: unknown): Error {
  return createError(
    isOutOfMemory(cause) ? 'OUT_OF_MEMORY' : 'MODEL_LOAD_FAILED',
    `backend ${name} could not load the graph of model ${metadata.name}: ${cause instanceof Error ? cause.message : String(cause)}; convert the model again`,
    { cause, details: { backend: name, model: metadata.name } },
  )
}
