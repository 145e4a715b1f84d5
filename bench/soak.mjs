// Does it hold? Ten minutes of every kind of traffic, with swaps, splits, dying threads, crowds that leave and Redis in trouble.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { memory } from '@tensorflow/tfjs-core'
import { MLServiceRegistry } from 'tfjs-serving'
import { printMachine, printTable } from './harness.mjs'
import { createFaults } from './soak/faults.mjs'
import { startRedis } from './soak/redis.mjs'
import { ghost, makeSubjects } from './soak/subjects.mjs'
import { createTally } from './soak/tally.mjs'
import { createTraffic } from './soak/traffic.mjs'

const seconds = Number(process.env.SECONDS ?? 600)
const windows = 10
const callers = 64
/** Beyond the plateau that is reached after a fifth of the time. */
const mostGrowthMb = 100
const seed = Number(process.env.SEED ?? 1)

printMachine()
const tally = createTally()
process.on('unhandledRejection', (reason) => tally.surprise(`unhandled rejection: ${reason?.stack ?? reason}`))
process.on('warning', (warning) => tally.surprise(`warning: ${warning.message}`))

const modelsDir = mkdtempSync(join(tmpdir(), 'soak-'))
const redis = await startRedis()
try {
  const subjects = await makeSubjects(modelsDir, ['telco_churn', 'credit_risk'])
  const tensorsBefore = memory().numTensors
  const registry = new MLServiceRegistry({
    modelsDir,
    backend: 'wasm',
    execution: { workers: 2 },
    caching: { ttlMs: 2_000, ...(redis === undefined ? {} : { redisUrl: redis.url }) },
    fallbacks: { [ghost.rule]: () => ghost.answer },
  })
  await registry.initialize()
  const cacheName = redis === undefined ? 'memory cache (redis-server is not installed)' : 'Redis'
  console.log(`${callers} callers, two wasm threads, ${cacheName}, ${seconds} s, seed ${seed}\n`)
  const endsAt = performance.now() + 1000 * seconds
  const isOver = () => performance.now() >= endsAt
  const traffic = createTraffic({ registry, subjects, tally, seed })
  const faults = createFaults({ registry, subjects, redis, tally })
  const all = [faults.run(isOver), ...Array.from({ length: callers }, () => traffic.caller(isOver))]
  const rssMb = await watch(endsAt)
  await Promise.all(all)
  await registry.close()
  await sleep(0)
  report(rssMb, faults.counts, memory().numTensors - tensorsBefore)
} finally {
  await redis?.kill()
  rmSync(modelsDir, { recursive: true, force: true })
}

/** A line a window; the memory at the end of each. */
async function watch(endsAt) {
  const header = [
    'minute',
    'calls',
    'rows',
    'by model',
    'cache',
    'fallback',
    'left',
    'p50 ms',
    'p99 ms',
    'loop p99 ms',
    'RSS MB',
  ]
  const rows = []
  const rssMb = []
  const startsAt = performance.now()
  for (let i = 1; i <= windows; i++) {
    const loop = monitorEventLoopDelay({ resolution: 5 })
    loop.enable()
    await sleep(startsAt + ((endsAt - startsAt) * i) / windows - performance.now())
    loop.disable()
    const { calls, answers, model, cache, fallback, aborted, p50, p99 } = tally.takeWindow()
    rssMb.push(process.memoryUsage.rss() / 2 ** 20)
    const minute = ((seconds * i) / windows / 60).toFixed(1)
    const times = [p50, p99, loop.percentile(99) / 1e6].map((ms) => ms.toFixed(1))
    rows.push([minute, calls, answers, model, cache, fallback, aborted, ...times, rssMb[i - 1].toFixed(0)])
    if (process.stderr.isTTY) process.stderr.write(`\r${minute} min`)
  }
  printTable(header, rows)
  return rssMb
}

function report(rssMb, faultCounts, tensorsLeft) {
  const { calls, settled, answers } = tally.total
  printTable(['what happened meanwhile', 'times'], Object.entries(faultCounts))
  printTable(['what callers were refused with', 'rows'], Object.entries(tally.codes))
  const plateau = Math.max(...rssMb.slice(0, Math.ceil(windows / 5)))
  const growthMb = Math.max(...rssMb) - plateau
  const surpriseCount = [...tally.surprises.values()].reduce((sum, count) => sum + count, 0)
  for (const [text, count] of tally.surprises) console.log(`${count} × ${text}`)
  const isMet = calls === settled && surpriseCount === 0 && growthMb <= mostGrowthMb && tensorsLeft === 0
  console.log(
    `${isMet ? 'met' : 'NOT met'}: ${calls} calls, ${calls - settled} unsettled; ${answers} answers, each compared with its own; ${surpriseCount} surprises (bar 0); memory ${growthMb.toFixed(0)} MB over its plateau (bar ${mostGrowthMb}); ${tensorsLeft} tensors left (bar 0)`,
  )
  process.exitCode = isMet ? 0 : 1
}
