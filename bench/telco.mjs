// What does a record cost, strings and all? telco_churn from objects, 1 caller and 64, beside onnxruntime-node with 19 named inputs.

import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { findOnnx, onnxName, onnxRemedy, openSession } from './contenders/onnx.mjs'
import { tolerance } from './contenders/open-peers.mjs'
import { loadKernel } from './contenders/ours.mjs'
import { openModel, trainModels } from './models/bench-models.mjs'
import { createResult, digits, progress, times } from './report/result.mjs'
import { asyncSample, compete, inTurn, syncSample } from './tournament.mjs'

const wantedGain = 10
const callers = 64
const root = new URL('../', import.meta.url)

const result = createResult(
  'telco',
  'telco_churn from records',
  `One record is an object of 15 numbers and 4 strings; 1,000 different ones in turn. onnxruntime-node gets 19 named tensors made from the record in the time that counts, as a server must. Caches are off. A row is wrong where a probability differs by more than ${tolerance} from scikit-learn’s.`,
)
trainModels()
const model = await openModel('telco_churn')
const { records, expected } = readAll(model.schema)
const { predictor, note } = await loadKernel(model.folders.uint8)
if (note !== undefined) result.note(note)
const ort = findOnnx()
if (ort === undefined) result.note(onnxRemedy)
const session = ort === undefined || model.onnx === undefined ? undefined : await openSession(ort, model.onnx)

progress('comparing all rows with scikit-learn')
const wrong = [['', 'rows', 'wrong', 'largest difference']]
const ours = countWrong(
  'tfjs-serving',
  (await predictor.predictBatch(records)).map(({ probabilities }) => probabilities[1]),
)
if (session !== undefined) countWrong(onnxName, await onnxAnswers())
result.table('Rows of the whole data set', wrong[0], wrong.slice(1))
result.bar('right on every row of the data set', '0 wrong', `${ours} wrong`, ours === 0)
await time()
result.save()
session?.release()
await predictor.close()

function readAll({ features }) {
  const text = readFileSync(new URL('models/telco_churn/data/mlc_churn.csv', root), 'utf8')
  const golden = JSON.parse(readFileSync(new URL('test/golden/telco_churn/all.json', root), 'utf8'))
  const records = parse(text, { columns: true }).map((line) =>
    Object.fromEntries(features.map(({ name, dtype }) => [name, dtype === 'string' ? line[name] : Number(line[name])])),
  )
  return { records, expected: golden.expected.predict_proba.map((row) => row[1]) }
}

function countWrong(name, probabilities) {
  const differences = probabilities.map((p, row) => (Number.isFinite(p) ? Math.abs(p - expected[row]) : Infinity))
  const count = differences.filter((difference) => difference > tolerance).length
  wrong.push([name, probabilities.length, count, Math.max(...differences).toExponential(1)])
  return count
}

/** What a server of onnxruntime-node does for each record. */
function feedsOf(record) {
  const feeds = {}
  for (const { name, dtype } of model.schema.features)
    feeds[name] =
      dtype === 'string'
        ? new ort.Tensor('string', [record[name]], [1, 1])
        : new ort.Tensor('float32', Float32Array.of(record[name]), [1, 1])
  return feeds
}

async function onnxOne(record) {
  const { probabilities } = await session.run(feedsOf(record), ['probabilities'])
  return probabilities.data[1]
}

async function onnxAnswers() {
  const answers = []
  for (const record of records) answers.push(await onnxOne(record))
  return answers
}

async function time() {
  const some = records.slice(0, 1000)
  const crowds = Array.from({ length: Math.floor(some.length / callers) }, (_, i) =>
    some.slice(i * callers, (i + 1) * callers),
  )
  const crowdOf = (ask) => {
    const next = inTurn(crowds)
    return asyncSample(() => Promise.all(next().map(ask)))
  }
  const oneOf = (ask) => {
    const next = inTurn(some)
    return asyncSample(() => ask(next()))
  }
  const nextRecord = inTurn(some)
  const contenders = [
    { name: 'predict', column: 'one', sample: oneOf((record) => predictor.predict(record)) },
    { name: 'predict', column: 'many', sample: crowdOf((record) => predictor.predict(record)) },
  ]
  if (typeof predictor.predictSync === 'function' && note === undefined)
    contenders.push({
      name: 'predictSync',
      column: 'one',
      sample: syncSample(() => predictor.predictSync(nextRecord())),
    })
  if (session !== undefined)
    contenders.push(
      { name: onnxName, column: 'one', sample: oneOf(onnxOne) },
      { name: onnxName, column: 'many', sample: crowdOf(onnxOne) },
    )
  progress('timing')
  const named = contenders.map(({ name, column, sample }) => ({ name: `${name} ${column}`, sample }))
  const measured = await compete(named, { rounds: 11, sampleMs: 15, warmUpMs: 600 })
  const us = (name, column) => measured[`${name} ${column}`]?.us / (column === 'many' ? callers : 1)
  const gain = (name, column) => us(onnxName, column) / us(name, column)
  const names = [...new Set(contenders.map(({ name }) => name))]
  result.table(
    'µs a record, and records a second',
    ['', '1 caller', 'records/s', '×', `${callers} callers`, 'records/s', '×'],
    names.map((name) => [
      name === onnxName ? name : `tfjs-serving ${name}`,
      ...['one', 'many'].flatMap((c) => [digits(us(name, c)), digits(1e6 / us(name, c)), times(gain(name, c))]),
    ]),
  )
  const alone = Math.max(...names.filter((name) => name !== onnxName).map((name) => gain(name, 'one')))
  const text = names.filter((name) => name !== onnxName).map((name) => `${name} ${times(gain(name, 'one'))}`)
  judge('1 record', alone, text.join(', '))
  judge(`${callers} callers`, gain('predict', 'many'), times(gain('predict', 'many')))
}

function judge(what, got, text) {
  result.bar(`telco_churn, ${what}`, `≥ ${wantedGain} ×`, text, Number.isNaN(got) ? undefined : got >= wantedGain)
}
