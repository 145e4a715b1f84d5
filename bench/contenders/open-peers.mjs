// A model in; every peer that is there and right about it out, with the answers compared before anything is timed.

import { openGenerated } from './generated.mjs'
import { openLimit } from './limit.mjs'
import { openOnnx } from './onnx.mjs'
import { openOurs } from './ours.mjs'
import { openSklearn } from './sklearn.mjs'
import { openTfjs } from './tfjs.mjs'

/** What uint8 weights may move a probability by; who is within float32 of scikit-learn passes it too. */
export const tolerance = 0.01

const openers = {
  ours: openOurs,
  onnx: openOnnx,
  generated: openGenerated,
  wasm: (model) => openTfjs(model, 'wasm'),
  native: (model) => openTfjs(model, 'tensorflow'),
  sklearn: openSklearn,
  limit: openLimit,
}

/** Of the names asked for; what is skipped, wrong or a stand-in is told to `result`. */
export async function openPeers(model, names, result) {
  const peers = []
  for (const name of names) {
    const peer = await openOne(name, model)
    if (peer.skipped !== undefined) {
      result.note(peer.skipped)
      continue
    }
    if (peer.note !== undefined) result.note(peer.note)
    for (const [library, version] of Object.entries(peer.versions ?? {})) result.version(library, version)
    const { wrong, rows, largest } = await judge(peer, model)
    peer.largest = largest
    if (wrong > 0)
      result.note(`${peer.name} is wrong on ${wrong} of ${rows} rows of ${model.name}, by up to ${largest.toFixed(4)}`)
    // a few rows on the wrong side of a threshold are a fault of the export, which the note says; more is another model
    if (wrong > rows / 20) await peer.close?.()
    else peers.push(peer)
  }
  return peers
}

async function openOne(name, model) {
  try {
    return await openers[name](model)
  } catch (error) {
    return { skipped: `${name} failed for ${model.name}: ${error.message.trim().split('\n').at(-1)}` }
  }
}

/** Rows whose probabilities differ from scikit-learn's by more than the tolerance. */
async function judge(peer, { answers: expected, classCount }) {
  if (peer.answers === undefined) return { wrong: 0, rows: 0, largest: 0 }
  const answers = await peer.answers()
  const rows = answers.length / classCount
  let wrong = 0
  let largest = 0
  for (let row = 0; row < rows; row++) {
    let difference = 0
    for (let k = row * classCount; k < (row + 1) * classCount; k++)
      difference = Math.max(difference, Number.isNaN(answers[k]) ? Infinity : Math.abs(answers[k] - expected[k]))
    if (difference > tolerance) wrong++
    largest = Math.max(largest, difference)
  }
  return { wrong, rows, largest }
}

export async function closePeers(peers) {
  for (const peer of peers) await peer.close?.()
}
