// Who computes wide layers? MLP 100-512-512-10 at 512 rows: our kernel and our native backend beside onnxruntime-node and raw TensorFlow.js.

import { loadModel } from 'tfjs-serving'
import { onnxName } from './contenders/onnx.mjs'
import { closePeers, openPeers, tolerance } from './contenders/open-peers.mjs'
import { oursName, rowsOf } from './contenders/ours.mjs'
import { rawNames } from './contenders/tfjs.mjs'
import { useNativeInstall } from './models/native-install.mjs'
import { openModel, slabsOf, untrainedNote } from './models/bench-models.mjs'
import { createResult, digits, times } from './report/result.mjs'
import { asyncSample, compete, inTurn } from './tournament.mjs'

const rows = 512
const [wantedOnnx, wantedRaw] = [0.8, 1.5]
const nativeName = 'tfjs-serving, native backend'
const autoName = 'tfjs-serving, as it chooses'

const result = createResult(
  'wide',
  'Wide layers',
  `MLP 100-512-512-10, ${rows} rows a call, one thread, medians of 9 interleaved rounds. \`runSync\` takes a matrix; the native backend and the model as it chooses are asked by predictBatch, which takes lists of numbers and gives prediction objects. onnxruntime-node and raw TensorFlow.js get tensors made before.`,
)
await useNativeInstall()
const model = await openModel('mlp100x512')
if (model === undefined) result.note(untrainedNote)
else await measure()
result.save()

async function measure() {
  const peers = await openPeers(model, ['ours', 'onnx', 'wasm', 'native', 'limit'], result)
  for (const [name, backend] of [
    [nativeName, 'native'],
    [autoName, 'auto'],
  ]) {
    const served = await openServed(name, backend)
    if (served !== undefined) peers.push(served)
  }
  const contenders = peers.map((peer) => ({ name: peer.name, sample: peer.sampleAt(rows, 8) }))
  const measured = await compete(contenders, { rounds: 9, sampleMs: 20, warmUpMs: 400 })
  const us = (name) => measured[name]?.us ?? NaN
  result.table(
    `${rows} rows`,
    ['', 'µs a call', 'µs a row', `against ${onnxName}`, `against ${rawNames.tensorflow}`],
    Object.keys(measured).map((name) => [
      name,
      digits(us(name)),
      digits(us(name) / rows),
      times(us(onnxName) / us(name)),
      times(us(rawNames.tensorflow) / us(name)),
    ]),
  )
  const best = Math.min(...[oursName, nativeName, autoName].map(us).filter(Number.isFinite))
  judge(onnxName, wantedOnnx)
  judge(rawNames.tensorflow, wantedRaw)
  await closePeers(peers)

  function judge(name, wanted) {
    const got = us(name) / best
    result.bar(
      `best backend against ${name}`,
      `≥ ${wanted} ×`,
      times(got),
      Number.isNaN(got) ? undefined : got >= wanted,
    )
  }
}

/** The model on a backend of its own choice or ours, asked as users ask. */
async function openServed(name, backend) {
  let predictor
  try {
    predictor = await loadModel(model.folders.uint8, { backend, caching: false })
  } catch (error) {
    return void result.note(`${name}: ${error.message}`)
  }
  const lists = rowsOf(model)
  const answers = await predictor.predictBatch(lists.slice(0, rows))
  const wrong = answers.filter(({ probabilities }, row) => !isClose(probabilities, row)).length
  if (wrong > 0) result.note(`${name} is wrong on ${wrong} of ${rows} rows`)
  return {
    name,
    sampleAt(size, most) {
      const next = inTurn(slabsOf(model, size, (_, start) => lists.slice(start, start + size), most))
      return asyncSample(() => predictor.predictBatch(next()))
    },
    close: () => predictor.close(),
  }
}

function isClose(probabilities, row) {
  const { answers, classCount } = model
  return probabilities?.every((p, k) => Math.abs(p - answers[row * classCount + k]) <= tolerance)
}
