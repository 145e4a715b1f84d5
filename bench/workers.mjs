// Do threads pay? A heavy model inline, in one thread and in two: rows a second, and how long this thread's event loop stalls.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadModel } from 'tfjs-serving'
import { convertHeldOut, median, printMachine, printTable, proveRight } from './harness.mjs'

/** Rows of a batch: some 50 ms of telco_churn on wasm. */
const batchRows = 8_000
const rounds = 15

printMachine()
const heldOut = await convertHeldOut('telco_churn')
const rows = Array.from({ length: batchRows }, (_, i) => heldOut.rows[i % heldOut.rows.length])
const modes = { inline: 'inline', '1 worker': { workers: 1 }, '2 workers': { workers: 2 } }
const models = {}
for (const [name, execution] of Object.entries(modes)) {
  models[name] = await loadModel(heldOut.files, {
    backend: 'wasm',
    caching: false,
    execution,
    batching: { maxRows: batchRows, maxQueuedRows: 4 * batchRows },
  })
  await proveRight(models[name], heldOut)
}

const runMs = Object.fromEntries(Object.keys(modes).map((name) => [name, []]))
const stallMs = Object.fromEntries(Object.keys(modes).map((name) => [name, []]))
for (let round = -3; round < rounds; round++)
  for (const [name, model] of Object.entries(models)) {
    const before = model.getHealth().stats.runMs
    const loop = monitorEventLoopDelay({ resolution: 1 })
    loop.enable()
    await model.predictBatch(rows)
    await sleep(5)
    loop.disable()
    const after = model.getHealth().stats.runMs
    if (round < 0) continue
    runMs[name].push(after.mean * after.count - before.mean * before.count)
    stallMs[name].push(loop.percentile(99) / 1e6)
  }

const table = Object.keys(modes).map((name) => {
  const ms = median(runMs[name])
  return [
    name,
    ms.toFixed(1),
    ((1000 * batchRows) / ms).toFixed(0),
    (median(runMs['1 worker']) / ms).toFixed(2),
    median(stallMs[name]).toFixed(1),
  ]
})
console.log(
  `Medians of ${rounds} interleaved rounds of predictBatch with ${batchRows} rows; time in the model, this thread's event-loop delay p99.`,
)
printTable(['telco_churn', 'model ms', 'rows/s', 'times 1 worker', 'loop p99 ms'], table)
for (const model of Object.values(models)) await model.close()
