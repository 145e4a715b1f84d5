// A text model in; every peer that answers texts and is right about them out: tfjs-serving, onnxruntime-node twice, scikit-learn.

import { loadModel } from 'tfjs-serving'
import { mostSlabs } from '../models/bench-models.mjs'
import { asyncSample, inTurn, syncSample } from '../tournament.mjs'
import { findOnnx, onnxName, onnxRemedy, openSession } from './onnx.mjs'
import { tolerance } from './open-peers.mjs'
import { oursName } from './ours.mjs'
import { askSklearn } from './sklearn.mjs'

export const onnxTokensName = `${onnxName}, told how tokens look`

/** A text is plainly wrong to a reader of probabilities where they differ so much. */
export const noticed = 1e-3

/** `tell(peer, { wrong, differing, rows, largest })` of each that answers, before anything is timed; those wrong on one row of 20 are left out. */
export async function openTextPeers(model, { note, tell }) {
  const opened = [
    await openOurs(model),
    await openOnnx(model, 'plain'),
    await openOnnx(model, 'tokens'),
    await askSklearn(model.source, model.textsPath),
  ]
  const peers = []
  for (const peer of opened) {
    if (peer.skipped !== undefined) {
      note(peer.skipped)
      continue
    }
    const facts = peer.answers === undefined ? undefined : judge(await peer.answers(), model)
    if (facts !== undefined) tell(peer, facts)
    if (facts !== undefined && facts.wrong > facts.rows / 20) await peer.close()
    else peers.push(peer)
  }
  return peers
}

function judge(answers, { answers: expected, classCount }) {
  const rows = expected.length / classCount
  const differences = Array.from({ length: rows }, (_, row) => {
    const difference = Math.abs(answers[row * classCount] - expected[row * classCount])
    return Number.isNaN(difference) ? Infinity : difference
  })
  const beyond = (bound) => differences.filter((difference) => difference > bound).length
  return { rows, wrong: beyond(tolerance), differing: beyond(noticed), largest: Math.max(...differences) }
}

async function openOurs({ artifact, texts }) {
  const predictor = await loadModel(artifact, { caching: false, backend: 'kernel' })
  return {
    name: oursName,
    async answers() {
      const predictions = await predictor.predictBatch(texts)
      return Float64Array.from(predictions.flatMap(({ probabilities }) => probabilities))
    },
    sampleAt(size) {
      const next = inTurn(slabs(texts, size))
      if (size > 1) return asyncSample(() => predictor.predictBatch(next()))
      return syncSample(() => predictor.predictSync(next()[0]))
    },
    close: () => predictor.close(),
  }
}

/** The tensor of a request's texts is made in the time that counts, as a server must. */
async function openOnnx({ title, texts, onnx, refusals }, form) {
  const ort = findOnnx()
  if (ort === undefined) return { skipped: onnxRemedy }
  const path = onnx[form]
  if (path === undefined) return { skipped: `${title}: skl2onnx cannot convert it (${refusals[form]})` }
  const name = form === 'plain' ? onnxName : onnxTokensName
  let session
  try {
    session = await openSession(ort, path)
  } catch (error) {
    return { skipped: `${name} cannot open ${title}: ${error.message.trim().split('\n')[0]}` }
  }
  const ask = (some) => session.run({ text: new ort.Tensor('string', some, [some.length, 1]) }, ['probabilities'])
  return {
    name,
    answers: async () => (await ask(texts)).probabilities.data,
    sampleAt(size) {
      const next = inTurn(slabs(texts, size))
      return asyncSample(() => ask(next()))
    },
    close: () => session.release(),
  }
}

function slabs(texts, size) {
  const count = Math.max(1, Math.min(mostSlabs, Math.floor(texts.length / size)))
  return Array.from({ length: count }, (_, i) => texts.slice(i * size, (i + 1) * size))
}
