// onnxruntime-node: a model's ONNX form, one thread, tensors made before the clock starts.

import { createRequire } from 'node:module'
import { slabsOf } from '../models/bench-models.mjs'
import { asyncSample, inTurn } from '../tournament.mjs'

export const onnxName = 'onnxruntime-node'
export const onnxRemedy = 'onnxruntime-node is left out: run `npm run bench:peers`'

const require = createRequire(new URL('../peers/package.json', import.meta.url))

/** The package; undefined where it is not installed. */
export function findOnnx() {
  try {
    return require('onnxruntime-node')
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

export function openSession(ort, path) {
  return ort.InferenceSession.create(path, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  })
}

/** Only `probabilities` is fetched, which is faster than a plain `run` by what the labels cost. */
export async function openOnnx(model) {
  const ort = findOnnx()
  if (ort === undefined) return { skipped: onnxRemedy }
  if (model.onnx === undefined) return { skipped: `${model.name} has no ONNX form` }
  const session = await openSession(ort, model.onnx)
  const fetches = [session.outputNames.at(-1)]
  const feedsOf = (rows) =>
    model.hasNamedInputs ? namedFeeds(ort, model, rows) : matrixFeeds(ort, session, rows, model)
  return {
    name: onnxName,
    async answers() {
      const outputs = await session.run(feedsOf(model.rows), fetches)
      return Float64Array.from(outputs[fetches[0]].data)
    },
    sampleAt(size, most) {
      const next = inTurn(slabsOf(model, size, feedsOf, most))
      return asyncSample(() => session.run(next(), fetches))
    },
    close: () => session.release(),
  }
}

function matrixFeeds(ort, session, rows, { featureCount }) {
  const values = Float32Array.from(rows)
  return { [session.inputNames[0]]: new ort.Tensor('float32', values, [rows.length / featureCount, featureCount]) }
}

function namedFeeds(ort, { schema, featureCount }, rows) {
  const rowCount = rows.length / featureCount
  return Object.fromEntries(
    schema.features.map(({ name, dtype, categories }, column) => {
      const values = Array.from({ length: rowCount }, (_, row) => rows[row * featureCount + column])
      return [
        name,
        dtype === 'string'
          ? new ort.Tensor(
              'string',
              values.map((index) => categories[index] ?? ''),
              [rowCount, 1],
            )
          : new ort.Tensor('float32', Float32Array.from(values), [rowCount, 1]),
      ]
    }),
  )
}
