// What does the cache cost, and what does it save? Hits, misses and none at all, in memory and in Redis, on the wasm graph.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadModel } from 'tfjs-serving'
import { convertHeldOut, median, printMachine, printTable, proveRight } from './harness.mjs'

const [rounds, warmUp] = [31, 10]

/** Bypassing is off: each row is looked up, whatever its model costs. */
const options = { useCache: true }

const shapes = {
  'one by one': {
    rowCount: 100,
    async run(model, rows) {
      for (const row of rows) await model.predict(row, options)
    },
  },
  '200 at once': { rowCount: 200, run: (model, rows) => Promise.all(rows.map((row) => model.predict(row, options))) },
  'batch of 1000': { rowCount: 1000, run: (model, rows) => model.predictBatch(rows, options) },
}

printMachine()
const redis = spawnSync('redis-server', ['--version']).status === 0 ? await startRedis() : undefined
if (redis === undefined) console.log('redis-server is not installed: Redis is left out\n')
const table = []
try {
  for (const name of ['credit_risk', 'telco_churn']) await measure(name)
} finally {
  redis?.kill()
}
console.log(
  `Microseconds a row, medians of ${rounds} interleaved rounds after ${warmUp} to warm up; the fastest in brackets, then the median as a multiple of the one without a cache.`,
)
printTable(['model', 'cache', ...Object.keys(shapes)], table)

async function measure(name) {
  const heldOut = await convertHeldOut(name)
  const models = { off: await load(false), memory: await load({ maxEntries: 1e6, maxByteLength: 2 ** 30 }) }
  if (redis !== undefined) models.redis = await load({ redisUrl: redis.url })
  const warm = Array.from({ length: 1000 }, (_, i) => changed(heldOut.rows[i % heldOut.rows.length], i))
  let fresh = 1e6
  const rowsOf = {
    hit: (count) => warm.slice(0, count),
    miss: (count) => Array.from({ length: count }, (_, i) => changed(heldOut.rows[i % heldOut.rows.length], fresh++)),
  }
  const contenders = []
  for (const cache of ['off', 'memory hit', 'memory miss', 'redis hit', 'redis miss']) {
    const [kind, outcome = 'miss'] = cache.split(' ')
    const model = models[kind]
    if (model === undefined) continue
    if (outcome === 'hit') await fill(model, warm)
    for (const [shape, { rowCount, run }] of Object.entries(shapes))
      contenders.push({ cache, shape, times: [], model, run, rows: () => rowsOf[outcome](rowCount) })
  }
  for (let round = -warmUp; round < rounds; round++)
    for (const { model, run, rows, times } of contenders) {
      const some = rows()
      const startedAt = performance.now()
      await run(model, some)
      const elapsedMs = performance.now() - startedAt
      if (round >= 0) times.push((elapsedMs * 1000) / some.length)
      // answers are stored in the background, and that is not the next one's cost
      await sleep(20)
    }
  const offOf = (shape) => median(contenders.find((one) => one.cache === 'off' && one.shape === shape).times)
  for (const cache of new Set(contenders.map((one) => one.cache))) {
    const own = contenders.filter((one) => one.cache === cache)
    table.push([name, cache, ...own.map(({ shape, times }) => cell(times, offOf(shape)))])
  }
  for (const model of Object.values(models)) await model.close()

  async function load(caching) {
    const model = await loadModel(heldOut.files, { backend: 'wasm', caching })
    await proveRight(model, heldOut)
    return model
  }
}

/** Nothing is timed as a hit that is none. */
async function fill(model, rows) {
  await model.predictBatch(rows, options)
  await sleep(300)
  const answers = await model.predictBatch(rows, options)
  const hits = answers.filter(({ source }) => source === 'cache').length
  if (hits < rows.length) throw new Error(`${hits} of ${rows.length} rows came from the cache: nothing is timed`)
}

/** The row with a number of it moved by a hair: another row to the cache, the same work to the model. */
function changed(row, i) {
  const feature = Object.keys(row).find((key) => typeof row[key] === 'number')
  return { ...row, [feature]: row[feature] + (i + 1) * 1e-7 }
}

/** Beside the median and the fastest: how many times as long as without a cache. */
function cell(times, offMedian) {
  const own = median(times)
  return `${own.toFixed(1)} (${Math.min(...times).toFixed(1)}) ${(own / offMedian).toFixed(2)} ×`
}

async function startRedis() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  const child = spawn('redis-server', [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ])
  for await (const chunk of child.stdout) if (String(chunk).includes('Ready to accept connections')) break
  return { url: `redis://127.0.0.1:${port}`, kill: () => child.kill('SIGKILL') }
}
