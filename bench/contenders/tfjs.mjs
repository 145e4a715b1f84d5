// Raw TensorFlow.js: the portable artifact through loadGraphModel and execute, on the wasm backend or on tfjs-node.

import * as tf from '@tensorflow/tfjs-core'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import { slabsOf } from '../models/bench-models.mjs'
import { inTurn } from '../tournament.mjs'
import { readRegions } from './read-regions.mjs'

/** Rows that the graph is checked on. */
const checkedRows = 256

export const rawNames = { wasm: 'raw tfjs-wasm', tensorflow: 'raw tfjs-node' }

/** `backend` is `wasm` or `tensorflow`. The input slab is encoded before the clock starts, as a peer's tensors are. */
export async function openTfjs(model, backend) {
  const problem = await register(backend)
  if (problem !== undefined) return { skipped: problem }
  await tf.setBackend(backend)
  const { files, metadata, encoder } = await readRegions(model.folders.uint8)
  if (metadata.inputs.length !== 1) return { skipped: `${model.name} has several graph inputs` }
  const graph = await loadGraphModel(fromFiles(files))
  const [{ name, width }] = metadata.inputs
  const output = graph.outputs.find((tensor) => tensor.name.startsWith('probabilities'))?.name ?? 'probabilities'
  const encode = (rows) => {
    const slab = new Float32Array((rows.length / model.featureCount) * width)
    encoder.encode(Float64Array.from(rows), rows.length / model.featureCount, [slab])
    return slab
  }
  const run = (slab, rowCount) => {
    const input = tf.tensor2d(slab, [rowCount, width])
    const answer = graph.execute({ [name]: input }, output)
    const values = answer.dataSync()
    input.dispose()
    answer.dispose()
    return values
  }
  return {
    name: rawNames[backend],
    async answers() {
      await tf.setBackend(backend)
      return Float64Array.from(run(encode(model.rows.subarray(0, checkedRows * model.featureCount)), checkedRows))
    },
    sampleAt(size, most) {
      const next = inTurn(slabsOf(model, size, encode, most))
      return async (repeats) => {
        await tf.setBackend(backend)
        const startedAt = performance.now()
        for (let i = 0; i < repeats; i++) run(next(), size)
        return performance.now() - startedAt
      }
    },
    close: () => graph.dispose(),
  }
}

/** Why the backend is left out; undefined where it is there. */
async function register(backend) {
  if (tf.engine().registryFactory[backend] !== undefined) return undefined
  if (backend === 'wasm') {
    const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm')
    setThreadsCount(1)
    return undefined
  }
  process.env.TF_NUM_INTRAOP_THREADS ??= '1'
  process.env.TF_NUM_INTEROP_THREADS ??= '1'
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3'
  const addon = new URL('../../dist/src/backend/tfjs/tensorflow-addon.js', import.meta.url)
  try {
    const { loadTensorflowAddon } = await import(addon.href)
    await loadTensorflowAddon(tf, ['cpu', 'gpu'])
    return undefined
  } catch (error) {
    return `raw tfjs-node is left out: ${error.message}`
  }
}

function fromFiles(files) {
  const { modelTopology, weightsManifest, signature, userDefinedMetadata } = JSON.parse(
    new TextDecoder().decode(files['model.json']),
  )
  const bytes = Buffer.concat(weightsManifest.flatMap(({ paths }) => paths.map((path) => files[path])))
  return tf.io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    signature,
    userDefinedMetadata,
  })
}
