// What does observing cost a request? The same predict with counters, timings, channels, log and spans, and in a build without them.

import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { convertHeldOut, median, printMachine, printTable } from './harness.mjs'

const [rounds, warmUp, rowsPerRound] = [201, 60, 500]
const root = new URL('../', import.meta.url)
// beside the packages that the bundles import
const outputUrl = new URL('node_modules/.cache/tfjs-serving-bench/', root)

/** Issue 5: all of it together costs at most 1 µs a request. */
const barNs = 1000

/** The build without: each file that observes in, one that does nothing out. */
const stubs = {
  'runtime/observed.js': () =>
    'export const observed = () => (next) => next; export const endingWith = (answers) => answers',
  'runtime/batch-watch.js': () => `
    const times = { encodedAtMs: 0, answeredAtMs: 0 }
    export class BatchWatch {
      sizes = { sizes: [], record() {} }
      get times() { return times }
      expect() {}
      begin() { return times }
      end() {}
      record() {}
      alone(row, run) { return run(times) }
    }`,
  'runtime/loaded-model.js': (text) => {
    const without = text.replaceAll('= now()', '= 0')
    if (/now\(\)/.test(without) || without === text) throw new Error('loaded-model.js has other timings than expected')
    return without
  },
}

const entry = `
  export { Engine } from './dist/src/runtime/engine.js'
  export { ModelPredictor } from './dist/src/runtime/predictor.js'
  export { createModelStats } from './dist/src/observe/stats.js'
  export { createPublish } from './dist/src/runtime/publish.js'
  export { createRequestLog } from './dist/src/observe/request-log.js'
  export { detectPlatform } from './dist/src/runtime/platform.js'
  export { withTracing } from './dist/src/runtime/open-telemetry.js'
  export { openSharedCache } from './dist/src/runtime/shared-cache.js'
  export { resolveServingOptions } from './dist/src/runtime/options.js'
  export { readArtifact } from './dist/src/artifact/read-artifact.js'
  export { decodeWeights } from './dist/src/artifact/decode-tensor.js'
  export { restoreRegions } from './dist/src/regions/store.js'
  export { createEncoder } from './dist/src/rows/encode.js'`

printMachine()
mkdirSync(outputUrl, { recursive: true })
try {
  await measure(await convertHeldOut('telco_churn'))
} finally {
  rmSync(outputUrl, { recursive: true, force: true })
}

async function measure({ files, rows }) {
  const builds = { without: await bundle('without', stubs), with: await bundle('with', {}) }
  const shapes = {
    'cache off, one by one': { caching: false, options: {}, run: oneByOne },
    'cache off, all at once': { caching: false, options: {}, run: atOnce },
    'cache hit, one by one': { caching: {}, options: { useCache: true }, run: oneByOne },
    'cache hit, all at once': { caching: {}, options: { useCache: true }, run: atOnce },
  }
  const some = Array.from({ length: rowsPerRound }, (_, i) => rows[i % rows.length])
  const table = []
  let worstNs = 0
  for (const [shape, { caching, options, run }] of Object.entries(shapes)) {
    const models = {
      without: await openModel(builds.without, files, caching),
      with: await openModel(builds.with, files, caching),
    }
    // the same build twice: how far apart two equal ones come out
    const again = await openModel(builds.with, files, caching)
    const contenders = {
      without: () => run(models.without, some, options),
      with: () => run(models.with, some, options),
      again: () => run(again, some, options),
      heard: () => heard(() => run(models.with, some, options)),
    }
    for (const model of [models.without, models.with, again]) await run(model, some, options)
    const counted = models.with.getHealth().stats
    if (counted.requests !== rowsPerRound || models.without.getHealth().stats.requests !== 0)
      throw new Error('the two builds do not differ as they should: nothing is timed')
    const times = await interleave(contenders)
    const nsOf = (name) => (median(times[name]) / rowsPerRound) * 1e6
    const costNs = pairedNs(times.with, times.without)
    worstNs = Math.max(worstNs, costNs)
    const cells = [nsOf('without'), nsOf('with'), costNs, pairedNs(times.heard, times.without)]
    table.push([shape, ...cells.map((ns) => ns.toFixed(0)), pairedNs(times.again, times.with).toFixed(0)])
    for (const model of [models.without, models.with, again]) await model.close()
  }
  console.log(
    `Nanoseconds a request on a backend that costs nothing: ${rounds} interleaved rounds of ${rowsPerRound} requests; costs are medians`,
  )
  console.log(
    'of the differences in a round. Silent logger, no tracer; heard: someone listens to both channels. noise: two equal builds.',
  )
  printTable(['predict', 'without', 'with', 'cost', 'cost, heard', 'noise'], table)
  console.log(
    `${worstNs <= barNs ? 'holds' : 'DOES NOT HOLD'}: at most ${barNs} ns a request, measured ${worstNs.toFixed(0)}`,
  )
}

async function bundle(name, replacements) {
  const left = new Set(Object.keys(replacements))
  const outfile = fileURLToPath(new URL(`${name}.mjs`, outputUrl))
  const replace = {
    name: 'replace',
    setup: ({ onLoad }) =>
      onLoad({ filter: /dist\/src\/runtime\/[a-z-]+\.js$/ }, ({ path }) => {
        const found = [...left].find((end) => path.endsWith(end))
        if (found === undefined) return undefined
        left.delete(found)
        return { contents: replacements[found](readFileSync(path, 'utf8')), loader: 'js' }
      }),
  }
  await build({
    stdin: { contents: entry, resolveDir: fileURLToPath(root) },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'silent',
    plugins: [replace],
  })
  if (left.size > 0) throw new Error(`not replaced: ${[...left].join(', ')}; run npm run build first`)
  return import(`${outputUrl.href}${name}.mjs`)
}

/** As loadModel does it, on a backend that only writes its answers. */
async function openModel(lib, files, caching) {
  const serving = lib.resolveServingOptions({ caching })
  const platform = await lib.withTracing(await lib.detectPlatform(), serving.tracing)
  const publish = await lib.createPublish()
  const artifact = lib.readArtifact(files, { hash: platform.hash })
  const graph = lib.restoreRegions(artifact.metadata.regions, lib.decodeWeights(artifact))
  const encoder = lib.createEncoder(graph, artifact.metadata.inputs)
  const model = {
    mode: 'sync',
    run: (_inputs, rowCount, [output]) => void output.values.fill(0, 0, rowCount),
    dispose() {},
  }
  const choice = { picked: 'kernel', why: 'it costs nothing', candidates: [] }
  const stats = lib.createModelStats({ clock: platform.clock })
  const engine = await lib.Engine.start({
    artifact,
    selected: { model, choice, graph, encoder },
    serving,
    platform,
    stats,
    publish,
  })
  const cache = await lib.openSharedCache(serving.caching, platform.clock, publish)
  const log = lib.createRequestLog({ ...serving, model: engine.name, clock: platform.clock })
  const close = async () => {
    await engine.close()
    await cache?.close()
  }
  const state = { kind: 'loaded', engine }
  const options = {
    name: engine.name,
    state: () => state,
    fallbackFor: () => undefined,
    cache,
    stats,
    log,
    platform,
    publish,
    onClose: close,
  }
  return new lib.ModelPredictor(options)
}

async function oneByOne(model, some, options) {
  for (const row of some) await model.predict(row, options)
}

async function atOnce(model, some, options) {
  await Promise.all(some.map((row) => model.predict(row, options)))
}

async function heard(run) {
  const channels = ['tfjs-serving:prediction', 'tfjs-serving:batch']
  let count = 0
  const listen = () => void count++
  for (const name of channels) subscribe(name, listen)
  await run()
  for (const name of channels) unsubscribe(name, listen)
  if (count < rowsPerRound) throw new Error(`heard of ${count} requests`)
}

/** Each round begins with another contender, so that none always comes after the same one. */
async function interleave(contenders) {
  const names = Object.keys(contenders)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -warmUp; round < rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + warmUp) % names.length]
      const startedAt = performance.now()
      await contenders[name]()
      if (round >= 0) times[name].push(performance.now() - startedAt)
    }
  return times
}

function pairedNs(times, others) {
  return (median(times.map((time, i) => time - others[i])) / rowsPerRound) * 1e6
}
