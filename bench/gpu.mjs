// Is a GPU worth it? Every backend that is there, proven right first, at batches of 1 to 4096 rows through predictBatch.
// node bench/gpu.mjs [backend …] [--largest ROWS] [--software]; with the last WebGPU computes without a GPU: no speed to quote.

import { parseArgs } from 'node:util'
import { loadModel } from 'tfjs-serving'
import { convertHeldOut, median, printMachine, printTable, proveRight } from './harness.mjs'
import { syntheticMlp } from './synthetic-mlp.mjs'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { software: { type: 'boolean', default: false }, largest: { type: 'string', default: '4096' } },
})
const backends = positionals.length > 0 ? positionals : ['cuda', 'webgpu', 'native', 'wasm']
const batchSizes = [1, 8, 64, 512, 4096].filter((size) => size <= Number(flags.largest))
const measuredMs = 600
/** The first rounds pay for shapes that are new to the backend. */
const warmUp = 3
const [fewestRounds, mostRounds] = [5, 201]

const adapter = flags.software ? 'software' : 'hardware'
printMachine()
const models = [
  { ...(await convertHeldOut('credit_risk')), title: 'credit_risk (MLP)' },
  { ...(await convertHeldOut('telco_churn')), title: 'telco_churn (trees)' },
  { ...syntheticMlp([100, 512, 512, 10]), title: 'MLP 100-512-512-10, random weights' },
]
const devices = new Map()
for (const model of models) {
  const table = []
  for (const backend of backends) table.push([backend, ...(await timeBackend(backend, model))])
  console.log(model.title)
  printTable(['µs a batch of', ...batchSizes.map(String)], table)
}
console.log('Medians from predictBatch to its answers, cache off.')
for (const [backend, text] of devices) console.log(`${backend.padEnd(7)} ${text}`)

/** Times by batch size, or dashes where the backend is not there or not right; `devices` says which, and why. */
async function timeBackend(backend, model) {
  const times = []
  try {
    for (const size of batchSizes) times.push((await timeSize(backend, model, size)).toFixed(0))
  } catch (error) {
    devices.set(backend, error.message)
  }
  return batchSizes.map((_, i) => times[i] ?? '–')
}

async function timeSize(backend, model, size) {
  const predictor = await loadModel(model.files, {
    backend,
    backendOptions: { webgpu: { adapter } },
    caching: false,
    // a batch leaves when it is full, and not before
    batching: { strategy: 'fixed-size', maxRows: size, maxQueuedRows: Math.max(2 * size, model.rows.length) },
  })
  try {
    await proveRight(predictor, model)
    const { candidates } = predictor.getHealth().backend
    const { device = 'this process', library = '' } = candidates.find(({ name }) => name === backend) ?? {}
    devices.set(backend, `${library}; ${device}`)
    return await timeBatch(predictor, rowsOf(model, size))
  } finally {
    await predictor.close()
  }
}

async function timeBatch(predictor, rows) {
  const times = []
  const before = predictor.getHealth().stats
  let spentMs = 0
  for (let round = -warmUp; (spentMs < measuredMs || round < fewestRounds) && round < mostRounds; round++) {
    const startedAt = performance.now()
    const answers = await predictor.predictBatch(rows)
    const tookMs = performance.now() - startedAt
    const failed = answers.find((answer) => answer instanceof Error)
    if (failed !== undefined) throw failed
    if (round < 0) continue
    times.push(1000 * tookMs)
    spentMs += tookMs
  }
  const after = predictor.getHealth().stats
  const meanRows = (after.rowsInBatches - before.rowsInBatches) / (after.batches - before.batches)
  if (meanRows !== rows.length) throw new Error(`batches had ${meanRows} rows, not ${rows.length}: nothing is shown`)
  return median(times)
}

function rowsOf({ rows }, size) {
  return Array.from({ length: size }, (_, i) => rows[i % rows.length])
}
