// What does batching cost a caller who is alone? One predict at a time, batching on, off, and by a window, cache off.

import { loadModel } from 'tfjs-serving'
import { convertHeldOut, printMachine, printTable, proveRight } from './harness.mjs'

const rounds = 3000
const warmUp = 500
/** A window makes everyone wait it out: enough to see that, and no more. */
const windowEvery = 60
/** What a lone request may wait for company that does not come. */
const mostAddedUs = 50

printMachine()
const table = []
let worstAddedUs = 0
for (const name of ['credit_risk', 'telco_churn']) {
  const heldOut = await convertHeldOut(name)
  const open = (batching) => loadModel(heldOut.files, { backend: 'wasm', caching: false, batching })
  const [off, adaptive, window] = [await open(false), await open({}), await open({ strategy: 'time-window' })]
  for (const model of [off, adaptive, window]) await proveRight(model, heldOut)
  const contenders = {
    off: (row) => off.predict(row),
    adaptive: (row) => adaptive.predict(row),
    'adaptive, timeoutMs': (row) => adaptive.predict(row, { timeoutMs: 1000 }),
    'time-window': (row) => window.predict(row),
  }
  const times = new Map(Object.keys(contenders).map((contender) => [contender, []]))
  for (let round = -warmUp; round < rounds; round++)
    for (const [contender, predict] of Object.entries(contenders)) {
      if (contender === 'time-window' && round % windowEvery !== 0) continue
      const row = heldOut.rows[(round + warmUp) % heldOut.rows.length]
      const startedAt = performance.now()
      await predict(row)
      if (round >= 0) times.get(contender).push((performance.now() - startedAt) * 1000)
    }
  for (const model of [off, adaptive, window]) await model.close()
  const at = (contender, share) => {
    const sorted = times.get(contender).sort((a, b) => a - b)
    return sorted[Math.floor(share * sorted.length)]
  }
  for (const contender of times.keys()) {
    const addedUs = at(contender, 0.5) - at('off', 0.5)
    if (contender.startsWith('adaptive')) worstAddedUs = Math.max(worstAddedUs, addedUs)
    table.push([name, contender, ...[at(contender, 0.5), at(contender, 0.99), addedUs].map((us) => us.toFixed(0))])
  }
}
console.log(
  `Microseconds of ${rounds} interleaved calls after ${warmUp} to warm up (time-window: every ${windowEvery}th).`,
)
printTable(['model', 'batching', 'median', 'p99', 'added'], table)
console.log(
  `${worstAddedUs <= mostAddedUs ? 'met' : 'NOT met'}: adaptive batching adds ${worstAddedUs.toFixed(0)} µs to a lone call (bar ${mostAddedUs} µs)`,
)
process.exitCode = worstAddedUs <= mostAddedUs ? 0 : 1
