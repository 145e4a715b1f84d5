// What does a text cost? Models of words, bigrams and hashes from strings to probabilities, beside onnxruntime-node and scikit-learn itself.
// node bench/texts.mjs [model …]

import { onnxName } from './contenders/onnx.mjs'
import { closePeers, tolerance } from './contenders/open-peers.mjs'
import { oursName } from './contenders/ours.mjs'
import { sklearnName } from './contenders/sklearn.mjs'
import { noticed, onnxTokensName, openTextPeers } from './contenders/text-peers.mjs'
import { untrainedNote } from './models/bench-models.mjs'
import { openTextModel, textTitles, trainTexts } from './models/text-models.mjs'
import { createResult, digits, progress, times } from './report/result.mjs'
import { compete } from './tournament.mjs'

const sizes = [1, 64, 4096]
/** Of the quickest peer that is right. */
const wantedGain = 2
const asked = process.argv.slice(2)

const result = createResult(
  'texts',
  'Texts',
  `Microseconds a text, from strings to probabilities, medians of 15 interleaved rounds, one thread each. 4,096 made-up texts of 63 words on average, of which one in ten has a word with an accent; they differ from call to call. tfjs-serving answers one text by \`predictSync\`, more by \`predictBatch\`; onnxruntime-node gets a tensor of strings made in the time that counts; scikit-learn runs its own pipeline in Python. Wrong is a text whose probability differs by more than ${tolerance} from scikit-learn’s.`,
)
const answered = []
const measured = []
if (trainTexts()) for (const name of asked.length > 0 ? asked : Object.keys(textTitles)) await measure(name)
else result.note(untrainedNote)
tabulate()
result.save()

async function measure(name) {
  const model = openTextModel(name)
  const peers = await openTextPeers(model, {
    note: (text) => result.note(text),
    tell: (peer, { rows, wrong, differing, largest }) =>
      answered.push([model.title, peer.name, rows, wrong, differing, largest.toExponential(1)]),
  })
  for (const { versions = {} } of peers)
    for (const [library, version] of Object.entries(versions)) result.version(library, version)
  const cells = {}
  for (const size of sizes) {
    const contenders = peers.map((peer) => ({ name: peer.name, sample: peer.sampleAt(size) }))
    // the first size also pays for V8's compilers
    cells[size] = await compete(contenders, { rounds: 15, warmUpMs: size === 1 ? 400 : 100, mostCallMs: 5000 })
  }
  await closePeers(peers)
  measured.push({ model, names: peers.map((peer) => peer.name), cells })
  progress(`${name}: ${sizes.map((size) => digits(us(cells, size, oursName))).join(', ')} µs a text`)
}

function us(cells, size, name) {
  return (cells[size][name]?.us ?? NaN) / size
}

/** NaN where no such peer is there. */
function gain(cells, size, names) {
  const known = names.map((name) => us(cells, size, name)).filter(Number.isFinite)
  return known.length === 0 ? NaN : Math.min(...known) / us(cells, size, oursName)
}

function tabulate() {
  if (measured.length === 0) return
  const onnx = [onnxName, onnxTokensName]
  result.table(
    'tfjs-serving: how many times as fast as the quicker onnxruntime-node, and as scikit-learn',
    ['model', ...[onnxName, sklearnName].flatMap((name) => sizes.map((size) => `${name}, ${textsText(size)}`))],
    measured.map(({ model, cells }) => [
      model.title,
      ...[onnx, [sklearnName]].flatMap((names) => sizes.map((size) => times(gain(cells, size, names)))),
    ]),
  )
  for (const { model, names, cells } of measured)
    result.table(
      `${model.title}: µs a text`,
      ['', ...sizes.map(textsText)],
      names.map((name) => [name, ...sizes.map((size) => digits(us(cells, size, name)))]),
    )
  result.table(
    'Texts that are wrong',
    ['model', '', 'texts', 'wrong', `differ by ${noticed}`, 'largest difference'],
    answered,
  )
  result.table(
    'Conversion to uint8, in a process of its own',
    ['model', 'joblib KB', 'artifact KB', 'seconds', 'MB at most'],
    measured.map(({ model: { title, sourceBytes, converted } }) => [
      title,
      digits(sourceBytes / 1000),
      digits(converted.bytes / 1000),
      digits(converted.seconds),
      digits(converted.megabytes),
    ]),
  )
  for (const { model, cells } of measured)
    for (const size of sizes) {
      const got = gain(cells, size, [...onnx, sklearnName])
      const isMet = Number.isNaN(got) ? undefined : got >= wantedGain
      result.bar(`${model.name}, ${textsText(size)}, against the quickest peer`, `≥ ${wantedGain} ×`, times(got), isMet)
    }
}

function textsText(size) {
  return size === 1 ? '1 text' : `${size.toLocaleString('en')} texts`
}
