// Does batching pay? 50 concurrent predicts against 50 awaited one by one without batching, cache off.
// node bench/batching.mjs [wasm | cpu | native | webgpu | cuda]

import { loadModel } from 'tfjs-serving'
import { convertHeldOut, printMachine, printTable, proveRight, race } from './harness.mjs'

const concurrency = 50
const backend = process.argv[2] ?? 'wasm'
printMachine()
console.log(`backend ${backend}`)
const table = []
for (const name of ['credit_risk', 'telco_churn']) {
  const heldOut = await convertHeldOut(name)
  const together = await loadModel(heldOut.files, { backend, caching: false })
  const alone = await loadModel(heldOut.files, { backend, caching: false, batching: false })
  await proveRight(together, heldOut)
  await proveRight(alone, heldOut)
  const rows = heldOut.rows.slice(0, concurrency)
  const medians = await race({
    concurrent: () => Promise.all(rows.map((row) => together.predict(row))),
    oneByOne: async () => {
      for (const row of rows) await alone.predict(row)
    },
    lone: async () => {
      for (const row of rows) await together.predict(row)
    },
  })
  const { concurrent, oneByOne, lone } = medians
  const [direct, loneOne] = [oneByOne / concurrency, lone / concurrency]
  table.push([
    name,
    oneByOne.toFixed(0),
    concurrent.toFixed(0),
    `${(oneByOne / concurrent).toFixed(1)} x`,
    direct.toFixed(0),
    loneOne.toFixed(0),
    (loneOne - direct).toFixed(0),
  ])
  await together.close()
  await alone.close()
}
console.log(
  `Microseconds, medians of 101 interleaved rounds after 40 to warm up. "direct" is one predict() with batching off; "lone" one with it on and nobody else.`,
)
printTable(['model', '50 one by one', '50 concurrent', 'gain', 'direct', 'lone', 'added'], table)
