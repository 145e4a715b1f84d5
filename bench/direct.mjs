// How long does a direct call take? runSync beside all peers: each model, 1 to 4096 rows, matrices made before the clock starts.
// node bench/direct.mjs [model …]

import { openModel, shippedTitles, trainedTitles, untrainedNote } from './models/bench-models.mjs'
import { generatedName } from './contenders/generated.mjs'
import { onnxName } from './contenders/onnx.mjs'
import { useNativeInstall } from './models/native-install.mjs'
import { closePeers, openPeers, tolerance } from './contenders/open-peers.mjs'
import { oursName } from './contenders/ours.mjs'
import { createResult, digits, progress, times } from './report/result.mjs'
import { compete } from './tournament.mjs'

const sizes = [1, 8, 64, 512, 4096]
const peerNames = ['ours', 'onnx', 'generated', 'wasm', 'native', 'sklearn', 'limit']
const asked = process.argv.slice(2)
const names = asked.length > 0 ? asked : [...Object.keys(trainedTitles), ...Object.keys(shippedTitles)]
const plotted = ['logreg20', 'mlp20', 'gbm100x3', 'gbm500x6', 'forest200x12']

const result = createResult(
  'direct',
  'Direct calls',
  `Microseconds a call with all rows in one matrix, medians of 7 interleaved rounds, one thread each. Rows differ from call to call (at most 256 matrices in turn); "same row" is one row again and again. Each peer's answers were compared with scikit-learn's on all rows first (256 for TensorFlow.js), within ${tolerance}. \`runSync\` is given an array for the probabilities and onnxruntime-node fetches only them, raw TensorFlow.js gets its inputs encoded.`,
)
await useNativeInstall()
/** Model → column → peer → microseconds. */
const measured = {}
for (const name of names) {
  const model = await openModel(name)
  if (model === undefined) result.note(untrainedNote)
  else await measure(model)
}
tabulate()
judge()
result.save()

async function measure(model) {
  const peers = await openPeers(model, peerNames, result)
  const columns = (measured[model.name] = { model, peers: peers.map(({ name }) => name), cells: {} })
  for (const [column, size, most] of [['same row', 1, 1], ...sizes.map((size) => [String(size), size])]) {
    const contenders = peers.map((peer) => ({ name: peer.name, sample: peer.sampleAt(size, most) }))
    // the first size also pays for V8's compilers
    const warmUpMs = most === 1 ? 400 : 60
    columns.cells[column] = await compete(contenders, { warmUpMs, mostCallMs: 400 })
  }
  await closePeers(peers)
  const gain = (size) => times(ratio(model.name, size, onnxName))
  progress(`${model.name}: ${sizes.map((size) => `${rowsText(size)} ${gain(size)}`).join(', ')}`)
}

/** How many times as fast as `peer` ours is; NaN where one is missing. */
function ratio(name, column, peer) {
  const cells = measured[name]?.cells[column]
  return (cells?.[peer]?.us ?? NaN) / (cells?.[oursName]?.us ?? NaN)
}

function tabulate() {
  const columns = ['same row', ...sizes.map(String)]
  const models = Object.values(measured)
  const isRaced = ({ peers }) => peers.includes(onnxName) && peers.includes(oursName)
  result.table(
    'tfjs-serving against onnxruntime-node: how many times as fast',
    ['model', '1, same row', ...sizes.map(rowsText)],
    models
      .filter(isRaced)
      .map(({ model }) => [model.title, ...columns.map((c) => times(ratio(model.name, c, onnxName)))]),
  )
  for (const { model, peers, cells } of models)
    result.table(
      `${model.title}: µs a call`,
      ['', '1, same row', ...sizes.map(rowsText)],
      peers.map((peer) => [peer, ...columns.map((column) => timeText(cells[column][peer]))]),
    )
  result.plot({
    file: 'ratio',
    title: 'Times as fast as onnxruntime-node',
    xLabel: 'rows a call',
    yLabel: '×',
    guide: 1,
    series: models.filter(isRaced).map(({ model }) => ({
      name: model.name,
      points: sizes.map((size) => [size, ratio(model.name, size, onnxName)]),
    })),
  })
  for (const { model, peers, cells } of models.filter(({ model: { name } }) => plotted.includes(name)))
    result.plot({
      file: model.name,
      title: `${model.title}: µs a row`,
      xLabel: 'rows a call',
      yLabel: 'µs a row',
      series: peers.map((peer) => ({ name: peer, points: sizes.map((size) => [size, cells[size][peer].us / size]) })),
    })
}

function rowsText(size) {
  return size === 1 ? '1 row' : `${size} rows`
}

function timeText({ us, tooSlowMs }) {
  return us === undefined ? `${digits(tooSlowMs / 1000)} s` : digits(us)
}

/** The bars of issue 6. */
function judge() {
  const boosted = ['gbm100x3', 'gbm500x6', 'hist1000x31']
  const bars = [
    [1, ['logreg20', 'mlp20', 'gbm100x3'], 10],
    [1, ['gbm500x6', 'forest200x12'], 3.5],
    [64, boosted, 3],
    [64, ['forest200x12'], 2],
    [64, ['logreg20', 'mlp20'], 1.2],
    [4096, boosted, 5],
    [4096, ['forest200x12'], 3],
    [4096, ['logreg20'], 1],
    [4096, ['mlp20'], 0.55],
  ]
  for (const [size, models, wanted] of bars)
    for (const name of models) {
      if (!names.includes(name)) continue
      const got = ratio(name, size, onnxName)
      const same = size === 1 ? ` (same row ${times(ratio(name, 'same row', onnxName))})` : ''
      result.bar(`${name}, ${rowsText(size)}`, `≥ ${wanted} ×`, `${times(got)}${same}`, isMet(name, got, wanted))
    }
  if (!names.includes('gbm100x3')) return
  const got = ratio('gbm100x3', 1, generatedName)
  const same = times(ratio('gbm100x3', 'same row', generatedName))
  result.bar(
    'gbm100x3, 1 row, against generated JavaScript',
    '≥ 1 ×',
    `${times(got)} (same row ${same})`,
    isMet('gbm100x3', got, 1),
  )
}

/** A model that answers wrong is not timed, and meets nothing. */
function isMet(name, got, wanted) {
  if (!Number.isNaN(got)) return got >= wanted
  const peers = measured[name]?.peers
  return peers === undefined || peers.includes(oursName) ? undefined : false
}
