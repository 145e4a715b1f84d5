// What is left of a service that gets more than it can do? Rows in time per second at 0.5 to 3 times the sustainable load.

import { loadModel } from 'tfjs-serving'
import { convertHeldOut, printMachine, printTable, proveRight } from './harness.mjs'

const loads = [0.5, 1, 1.5, 2, 3]
const timeoutMs = 50
/** Callers that wait for one answer before they ask again: enough to fill batches, too few to be late. */
const steadyCallers = 256
const secondsPerLoad = Number(process.env.SECONDS ?? 3)
/** What must remain of the peak at twice the load, and how far memory may go: a queue without bound takes more. */
const leastShareAtDouble = 0.9
const mostGrowthMb = 100

/**
 * From dear rows to cheap ones. Callers are in the model's thread here, so asking and being refused takes the model's own
 * time: the last one, whose rows take a few microseconds, cannot reach the bar, and is shown for that.
 */
const subjects = [
  { name: 'telco_churn', backend: 'cpu', isHeld: true },
  { name: 'telco_churn', backend: 'wasm', isHeld: true },
  { name: 'credit_risk', backend: 'wasm', isHeld: false },
]

printMachine()
for (const { name, backend, isHeld } of subjects) {
  const heldOut = await convertHeldOut(name)
  const model = await loadModel(heldOut.files, { backend, caching: false })
  await proveRight(model, heldOut)
  await sustainable(model, heldOut.rows)
  const capacity = await sustainable(model, heldOut.rows)
  console.log(
    `${name} on ${backend}: ${steadyCallers} steady callers sustain ${capacity.toFixed(0)} rows/s. Open loop, ${secondsPerLoad} s a load, timeoutMs ${timeoutMs}, cache off.`,
  )
  const results = []
  for (const load of loads) results.push(await offer(model, heldOut.rows, load * capacity))
  await model.close()
  report(results, isHeld)
}

function report(results, isHeld) {
  const peak = Math.max(...results.map(({ good }) => good))
  const header = ['load', 'offered/s', 'in time/s', 'of peak', 'refused/s', 'late/s', 'p50 ms', 'p99 ms', 'RSS MB']
  const rows = results.map(({ offered, good, refused, late, p50, p99, rssMb }, i) => [
    loads[i],
    ...[offered, good].map((rate) => rate.toFixed(0)),
    `${((100 * good) / peak).toFixed(0)} %`,
    ...[refused, late].map((rate) => rate.toFixed(0)),
    ...[p50, p99].map((ms) => ms.toFixed(1)),
    rssMb.toFixed(0),
  ])
  printTable(header, rows)
  const double = results[loads.indexOf(2)].good / peak
  const growthMb = Math.max(...results.map(({ rssMb }) => rssMb)) - results[0].rssMb
  const isMet = double >= leastShareAtDouble && growthMb <= mostGrowthMb
  const verdict = isMet ? 'met' : isHeld ? 'NOT met' : 'not met, and not asked of this one'
  console.log(
    `${verdict}: ${(100 * double).toFixed(0)} % of the peak at twice the load (bar ${100 * leastShareAtDouble} %), memory up by ${growthMb.toFixed(0)} MB (bar ${mostGrowthMb})\n`,
  )
  if (isHeld && !isMet) process.exitCode = 1
}

/** Rows per second that callers get who never wait for more than one answer. */
async function sustainable(model, rows) {
  const startedAt = performance.now()
  const endsAt = startedAt + 1000 * secondsPerLoad
  let answered = 0
  const caller = async (i) => {
    while (performance.now() < endsAt) {
      try {
        await model.predict(rows[i++ % rows.length], { timeoutMs })
        answered++
      } catch {
        // to ask again at once would keep the event loop from turning, and the model from running
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }
  await Promise.all(Array.from({ length: steadyCallers }, (_, i) => caller(i)))
  return (1000 * answered) / (performance.now() - startedAt)
}

/** Rows that come when they come, whatever became of those before them; each is in time or it is nothing. */
async function offer(model, rows, perSecond) {
  const latencies = []
  const counts = { offered: 0, refused: 0, late: 0 }
  let open = 0
  let rssMb = 0
  const ask = () => {
    const askedAt = performance.now()
    counts.offered++
    open++
    model.predict(rows[counts.offered % rows.length], { timeoutMs }).then(
      () => {
        open--
        const ms = performance.now() - askedAt
        if (ms <= timeoutMs) latencies.push(ms)
        else counts.late++
      },
      (error) => {
        open--
        if (error.code === 'QUEUE_FULL') counts.refused++
        else if (error.code === 'DEADLINE_EXCEEDED') counts.late++
        else throw error
      },
    )
  }
  const startedAt = performance.now()
  for (let elapsedMs = 0; elapsedMs < 1000 * secondsPerLoad; elapsedMs = performance.now() - startedAt) {
    while (counts.offered < (elapsedMs * perSecond) / 1000) {
      ask()
      // each in a callback of its own, as from a socket: what it settles at once is gone before the next one comes
      await undefined
    }
    rssMb = Math.max(rssMb, process.memoryUsage.rss() / 2 ** 20)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const seconds = (performance.now() - startedAt) / 1000
  while (open > 0) await new Promise((resolve) => setImmediate(resolve))
  latencies.sort((a, b) => a - b)
  return {
    offered: counts.offered / seconds,
    good: latencies.length / seconds,
    refused: counts.refused / seconds,
    late: counts.late / seconds,
    p50: latencies[latencies.length >> 1] ?? NaN,
    p99: latencies[Math.floor(0.99 * latencies.length)] ?? NaN,
    rssMb,
  }
}
