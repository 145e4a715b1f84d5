// node bench/drift.mjs [features] [rows], after `npm run build`: what it costs to watch a row and to check a window for drift.

import { cpus } from 'node:os'
import { createDriftMonitor, createSeededRandom } from '../dist/src/monitoring/index.js'

const featureCount = Number(process.argv[2] ?? 20)
const rowCount = Number(process.argv[3] ?? 10_000)
const random = createSeededRandom(1).uniform
const features = Array.from({ length: featureCount }, (_, i) => ({ name: `f${i}` }))
const draw = () => Float64Array.from(features, random)
const rows = Array.from({ length: rowCount }, draw)
const clock = { now: () => performance.now() }
const monitor = createDriftMonitor({ reference: { rows }, features, windowRows: rowCount, clock })

const window = Array.from({ length: rowCount }, draw)
for (const row of window) monitor.observe(row, undefined)
// first right, then fast
if (monitor.check().drifted) throw new Error('a window like the reference is said to have drifted')
for (const row of window)
  monitor.observe(
    row.map((value) => value ** 1.2),
    undefined,
  )
if (monitor.check().features.some(({ drifted }) => !drifted)) throw new Error('drift was not found')

const observeMs = best(7, () => {
  for (const row of window) monitor.observe(row, undefined)
})
const checkMs = best(7, () => monitor.check())
console.log(`${cpus()[0]?.model}, Node ${process.version}`)
console.log(
  `${featureCount} features × ${rowCount} rows: a check ${checkMs.toFixed(1)} ms (aim: at most 100 ms for 20 × 10,000)`,
)
console.log(
  `observe ${((observeMs / rowCount) * 1e3).toFixed(2)} µs a row; ${(monitor.byteLength / 1e6).toFixed(1)} MB`,
)

function best(runs, work) {
  let least = Infinity
  for (let run = 0; run < runs; run++) {
    const from = performance.now()
    work()
    least = Math.min(least, performance.now() - from)
  }
  return least
}
