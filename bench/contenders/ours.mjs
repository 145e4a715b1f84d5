// tfjs-serving itself: `runSync` on the kernel; until there is one, `predictBatch` on the wasm graph, and a note says so.

import { loadModel } from 'tfjs-serving'
import { slabsOf } from '../models/bench-models.mjs'
import { asyncSample, inTurn, syncSample } from '../tournament.mjs'

export const oursName = 'tfjs-serving'

/** Rows that the graph is checked on: it takes seconds for thousands of rows of large ensembles. */
const graphRows = 256

export async function openOurs(model, { folder = model.folders.uint8 } = {}) {
  const { predictor, note } = await loadKernel(folder)
  const close = () => predictor.close()
  return note === undefined
    ? { name: oursName, ...kernelCalls(predictor, model), predictor, close }
    : { name: oursName, ...graphCalls(predictor, model), predictor, close, note }
}

/** The model on the kernel; on the portable graph where it runs on none, with the reason as `note`. */
export async function loadKernel(folder, options = {}) {
  let reason
  try {
    const predictor = await loadModel(folder, { caching: false, ...options, backend: 'kernel' })
    reason = whyNotSync(predictor)
    if (reason === undefined) return { predictor }
    await predictor.close()
  } catch (error) {
    reason = error.message
  }
  const predictor = await loadModel(folder, { batching: false, caching: false, ...options, backend: 'wasm' })
  const note = `tfjs-serving runs the wasm graph by predictBatch in place of a kernel (${reason})`
  return { predictor, note }
}

function whyNotSync(predictor) {
  if (typeof predictor.runSync !== 'function') return 'this build has no runSync'
  try {
    predictor.runSync(new Float64Array(predictor.schema.features.length), 1)
    return undefined
  } catch (error) {
    return error.message
  }
}

/** Float32 as the peers get it where the inputs allow it, otherwise float64. */
export function matrixOf(model) {
  return model.hasNamedInputs ? (rows) => Float64Array.from(rows) : (rows) => Float32Array.from(rows)
}

function kernelCalls(predictor, model) {
  const { rows, featureCount } = model
  const toMatrix = matrixOf(model)
  return {
    answers: () => predictor.runSync(toMatrix(rows), rows.length / featureCount).probabilities,
    sampleAt(size, most) {
      const next = inTurn(slabsOf(model, size, toMatrix, most))
      // only what the peers give, and into arrays of the caller's own
      const { probabilities } = predictor.runSync(next(), size)
      const options = { into: { probabilities } }
      return syncSample(() => predictor.runSync(next(), size, options))
    },
  }
}

function graphCalls(predictor, model) {
  const rows = rowsOf(model)
  return {
    async answers() {
      const predictions = await predictor.predictBatch(rows.slice(0, graphRows))
      return Float64Array.from(predictions.flatMap(({ probabilities }) => probabilities))
    },
    sampleAt(size, most) {
      const next = inTurn(slabsOf(model, size, (_, start) => rows.slice(start, start + size), most))
      return asyncSample(() => predictor.predictBatch(next()))
    },
  }
}

/** Rows as `predict` takes them: records where the model names its columns, else lists of numbers. */
export function rowsOf({ records, rows, featureCount }) {
  return (
    records ??
    Array.from({ length: rows.length / featureCount }, (_, row) =>
      Array.from(rows.subarray(row * featureCount, (row + 1) * featureCount)),
    )
  )
}
