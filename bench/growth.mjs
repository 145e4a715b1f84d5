// Does cost grow as it should? Time a row from 512 to 65,536 rows, time by number of trees, and memory that requests leave behind.

import { loadKernel, matrixOf, rowsOf } from './contenders/ours.mjs'
import { tolerance } from './contenders/open-peers.mjs'
import { growthTrees, openModel, untrainedNote } from './models/bench-models.mjs'
import { createResult, digits, progress, times } from './report/result.mjs'
import { asyncSample, compete, syncSample } from './tournament.mjs'

const rowCounts = [512, 2048, 8192, 32_768, 65_536]
const subjects = ['logreg20', 'mlp20', 'gbm100x3', 'gbm500x6', 'forest200x12']
const flatWithin = 1.3
/** Memory that requests leave: what V8 itself moves by between two collections, spread over them. */
const mostBytesLeft = 2

const result = createResult(
  'growth',
  'Growth of cost',
  'runSync on one matrix, medians of 7 interleaved rounds. Trees: the first of HistGradientBoosting 1000 × 31 leaves, 4,096 rows a call. Memory: heap and buffers after a full collection, before and after the requests.',
)
const collect = globalThis.gc ?? (await exposeGc())
let isKernel = true
const opened = new Map()

const first = await open(subjects[0])
if (first === undefined) result.note(untrainedNote)
else {
  await growWithRows()
  await growWithTrees()
  await measureMemory()
}
for (const { predictor } of opened.values()) await predictor.close()
result.save()

async function open(name) {
  const model = await openModel(name)
  if (model === undefined) return undefined
  const { predictor, note } = await loadKernel(model.folders.uint8)
  if (note !== undefined) result.note(note)
  isKernel &&= note === undefined
  const one = { model, predictor, name }
  opened.set(name, one)
  await proveRight(one)
  return one
}

async function proveRight({ model, predictor, name }) {
  const answers = await predictor.predictBatch(rowsOf(model).slice(0, 256))
  answers.forEach(({ probabilities }, row) => {
    const difference = Math.abs(probabilities[1] - model.answers[2 * row + 1])
    if (!(difference <= tolerance)) throw new Error(`row ${row} of ${name} differs by ${difference}: nothing is timed`)
  })
}

/** The model's rows again and again; on the graph in place of a kernel as lists, and fewer of them. */
function sampleOf({ model, predictor }, rowCount) {
  if (isKernel) {
    const rows = new Float64Array(rowCount * model.featureCount)
    for (let at = 0; at < rows.length; at += model.rows.length)
      rows.set(model.rows.subarray(0, Math.min(model.rows.length, rows.length - at)), at)
    const matrix = matrixOf(model)(rows)
    return syncSample(() => predictor.runSync(matrix, rowCount))
  }
  const lists = rowsOf(model)
  const some = Array.from({ length: rowCount }, (_, row) => lists[row % lists.length])
  return asyncSample(() => predictor.predictBatch(some))
}

async function growWithRows() {
  const counts = isKernel ? rowCounts : rowCounts.slice(0, 2)
  const table = []
  const series = []
  for (const name of subjects) {
    const one = opened.get(name) ?? (await open(name))
    const contenders = counts.map((count) => ({ name: String(count), sample: sampleOf(one, count) }))
    const measured = await compete(contenders, { sampleMs: 10, mostCallMs: 3000 })
    const usPerRow = counts.map((count) => measured[count].us / count)
    const known = usPerRow.filter(Number.isFinite)
    const spread = Math.max(...known) / Math.min(...known)
    const worst = Math.max(...known) / known[0]
    table.push([name, ...usPerRow.map((us) => (Number.isFinite(us) ? us.toPrecision(3) : '–')), spread.toFixed(2)])
    series.push({ name, points: counts.map((count, i) => [count, usPerRow[i]]) })
    const isMeasured = isKernel && known.length === rowCounts.length
    result.bar(
      `${name}, 512 to 65,536 rows`,
      `≤ ${flatWithin} × of 512 rows`,
      times(worst),
      isMeasured ? worst <= flatWithin : undefined,
    )
    progress(`${name}: ${worst.toFixed(2)} × of 512 rows at worst`)
  }
  result.table(
    'µs a row',
    ['model', ...counts.map((count) => `${count.toLocaleString('en')} rows`), 'most / least'],
    table,
  )
  result.plot({ file: 'rows', title: 'Time a row', xLabel: 'rows a call', yLabel: 'µs a row', series })
}

async function growWithTrees() {
  const size = isKernel ? 4096 : 64
  const ensembles = []
  for (const trees of growthTrees) ensembles.push({ trees, ...(await open(`hist${trees}x31`)) })
  const contenders = ensembles.map((one) => ({ name: String(one.trees), sample: sampleOf(one, size) }))
  const measured = await compete(contenders, { sampleMs: 10, mostCallMs: 3000 })
  const usPerTree = growthTrees.map((trees) => measured[trees].us / size / trees)
  result.table(
    `HistGradientBoosting of 31 leaves, ${size} rows a call`,
    ['trees', 'µs a row', 'ns a row and tree'],
    growthTrees.map((trees, i) => [trees, digits(measured[trees].us / size), (usPerTree[i] * 1000).toPrecision(3)]),
  )
  const worst = Math.max(...usPerTree) / usPerTree[0]
  result.bar(
    `${growthTrees[0]} to ${growthTrees.at(-1)} trees`,
    `≤ ${flatWithin} × a tree`,
    times(worst),
    isKernel ? worst <= flatWithin : undefined,
  )
}

async function measureMemory() {
  const { model, predictor } = opened.get('gbm100x3')
  const lists = rowsOf(model)
  const matrices = lists.map((list) => Float32Array.from(list))
  const shapes = {
    'predict, one after the other': async (i) => void (await predictor.predict(lists[i % lists.length])),
    'predict, 64 at once': async (i) => {
      if (i % 64 === 0)
        await Promise.all(Array.from({ length: 64 }, (_, k) => predictor.predict(lists[(i + k) % lists.length])))
    },
  }
  if (isKernel) {
    shapes.runSync = (i) => void predictor.runSync(matrices[i % matrices.length], 1)
    if (typeof predictor.predictSync === 'function')
      shapes.predictSync = (i) => void predictor.predictSync(lists[i % lists.length])
  }
  const requests = isKernel ? 200_000 : 6400
  const table = []
  for (const [shape, ask] of Object.entries(shapes)) {
    // counters, pools and compiled code reach their size first
    for (let i = 0; i < requests / 4; i++) await ask(i)
    const before = await usedBytes()
    for (let i = 0; i < requests; i++) await ask(i)
    const left = (await usedBytes()) - before
    table.push([shape, requests.toLocaleString('en'), left.toLocaleString('en'), (left / requests).toFixed(2)])
    const isMet = isKernel ? left / requests <= mostBytesLeft : undefined
    result.bar(
      `memory left by ${shape}`,
      `≤ ${mostBytesLeft} bytes a request`,
      `${(left / requests).toFixed(2)} bytes`,
      isMet,
    )
  }
  result.table(
    'Memory left behind, GradientBoosting 100 × 3',
    ['asked by', 'requests', 'bytes', 'bytes a request'],
    table,
  )
}

async function usedBytes() {
  // a turn lets finalizers run, and what they free goes with the next collection
  for (let i = 0; i < 4; i++) {
    collect()
    await new Promise((done) => setImmediate(done))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function exposeGc() {
  const [{ setFlagsFromString }, { runInNewContext }] = [await import('node:v8'), await import('node:vm')]
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
