// Do threads pay? Heavy models asked by as many callers as fill batches of 50 ms: rows a second and how long this thread's event loop stalls.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadModel } from 'tfjs-serving'
import { convertHeldOut, median, printMachine, printTable, proveRight } from './harness.mjs'
import { syntheticMlp } from './synthetic-mlp.mjs'

const rounds = Number(process.env.ROUNDS ?? 9)
const windowMs = 1_500
const modes = { inline: 'inline', '1 thread': { workers: 1 }, '2 threads': { workers: 2 } }
/** Two threads against one on two idle cores, and the stall of this thread beside them. */
const leastGain = 1.7
const mostStallMs = 10

/** Some 0.06 to 0.2 ms of arithmetic a row; a batch of these is 50 ms of one core and more. */
const subjects = [
  {
    title: 'MLP 100-1024-1024-10 on wasm',
    backend: 'wasm',
    batchRows: 900,
    prepare: () => syntheticMlp([100, 1024, 1024, 10], 64),
  },
  { title: 'telco_churn on cpu', backend: 'cpu', batchRows: 320, prepare: () => convertHeldOut('telco_churn') },
]

if (process.send === undefined) await main()
else await serveAlone(subjects[Number(process.argv[2])])

async function main() {
  printMachine()
  console.log(
    `Medians of ${rounds} interleaved rounds of ${windowMs / 1000} s; as many callers as two batches have rows, each waits for its answer.`,
  )
  console.log('The ceiling is what two processes with an inline model each reach against one.\n')
  for (const subject of subjects) await compare(subject, await ceilingOf(subjects.indexOf(subject)))
}

/** Cores that are two halves of one, or that share their memory's bandwidth, give less than twice. */
async function ceilingOf(index) {
  const children = [0, 1].map(() => fork(fileURLToPath(import.meta.url), [`${index}`]))
  const ask = async (child) => {
    child.send('run')
    const [rowsPerSecond] = await once(child, 'message')
    return rowsPerSecond
  }
  await Promise.all(children.map(ask))
  const gains = []
  for (let round = 0; round < rounds; round++) {
    const one = await ask(children[round % 2])
    const both = await Promise.all(children.map(ask))
    gains.push((both[0] + both[1]) / one)
  }
  for (const child of children) child.send('end')
  return median(gains)
}

async function serveAlone({ backend, batchRows, prepare }) {
  const { files, rows } = await prepare()
  const batching = { strategy: 'fixed-size', maxRows: batchRows, maxDelayMs: 20 }
  const model = await loadModel(files, { backend, caching: false, batching })
  process.on('message', async (message) => {
    if (message === 'end') process.exit()
    const { rowsPerSecond } = await flatOut(model, rows, 2 * batchRows)
    process.send(rowsPerSecond)
  })
}

async function compare({ title, backend, batchRows, prepare }, ceiling) {
  const heldOut = await prepare()
  const contenders = {}
  for (const [name, execution] of Object.entries(modes)) {
    // one size for all: what is compared is threads, not batch sizes
    const batching = { strategy: 'fixed-size', maxRows: batchRows, maxDelayMs: 20 }
    contenders[name] = await loadModel(heldOut.files, { backend, caching: false, execution, batching })
    await proveRight(contenders[name], heldOut)
  }
  const measured = Object.fromEntries(Object.keys(modes).map((name) => [name, []]))
  for (let round = -1; round < rounds; round++)
    for (const [name, model] of Object.entries(contenders)) {
      const result = await flatOut(model, heldOut.rows, 2 * batchRows)
      if (round >= 0) measured[name].push(result)
    }
  const of = (name, key) => median(measured[name].map((result) => result[key]))
  const one = of('1 thread', 'rowsPerSecond')
  printTable(
    [title, 'rows/s', 'times 1 thread', 'batch rows', 'batch ms', 'loop p99 ms'],
    Object.keys(modes).map((name) => [
      name,
      of(name, 'rowsPerSecond').toFixed(0),
      (of(name, 'rowsPerSecond') / one).toFixed(2),
      of(name, 'batchRows').toFixed(0),
      of(name, 'batchMs').toFixed(1),
      of(name, 'stallMs').toFixed(1),
    ]),
  )
  const gain = of('2 threads', 'rowsPerSecond') / one
  const stallMs = Math.max(of('1 thread', 'stallMs'), of('2 threads', 'stallMs'))
  const isMet = gain >= leastGain && stallMs < mostStallMs
  console.log(
    `${isMet ? 'met' : 'NOT met'}: ${gain.toFixed(2)} × one thread (bar ${leastGain}; ceiling of this machine ${ceiling.toFixed(2)}), event loop p99 ${stallMs.toFixed(1)} ms (bar ${mostStallMs})\n`,
  )
  if (!isMet) process.exitCode = 1
  for (const model of Object.values(contenders)) await model.close()
}

async function flatOut(model, rows, callerCount) {
  const before = model.getHealth().stats
  const loop = monitorEventLoopDelay({ resolution: 1 })
  const startedAt = performance.now()
  const endsAt = startedAt + windowMs
  let answered = 0
  const caller = async (i) => {
    while (performance.now() < endsAt) {
      await model.predict(rows[i++ % rows.length])
      answered++
    }
  }
  loop.enable()
  const callers = Array.from({ length: callerCount }, (_, i) => caller(i))
  await sleep(windowMs)
  loop.disable()
  await Promise.all(callers)
  const seconds = (performance.now() - startedAt) / 1000
  const after = model.getHealth().stats
  const batches = after.batches - before.batches
  return {
    rowsPerSecond: answered / seconds,
    batchRows: (after.rowsInBatches - before.rowsInBatches) / batches,
    batchMs: (after.runMs.mean * after.runMs.count - before.runMs.mean * before.runMs.count) / batches,
    // the timer of the histogram is itself late by its resolution
    stallMs: loop.percentile(99) / 1e6 - 1,
  }
}
