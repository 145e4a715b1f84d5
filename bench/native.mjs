// What does one call of TensorFlow a batch give? A session against the same graph operation by operation, in its process and through its port.
// TFJS_SERVING_CACHE=<folder with the native add-on> node bench/native.mjs

import { fork } from 'node:child_process'
import { convertHeldOut, median } from './harness.mjs'
import { createResult, digits, progress, times } from './report/result.mjs'
import { syntheticMlp } from './synthetic-mlp.mjs'

const dist = new URL('../dist/src/', import.meta.url)
const load = (path) => import(new URL(path, dist).href)

const sizes = [1, 8, 50, 512, 4096]
const [rounds, sampleMs] = [9, 25]
const wantedGain = 3
const oneThread = { TF_NUM_INTRAOP_THREADS: '1', CUDA_VISIBLE_DEVICES: '-1', TF_CPP_MIN_LOG_LEVEL: '3' }

/** TensorFlow's settings, which it reads once a process: as before sessions, and as hosts have them. */
const settings = {
  before: { ...oneThread, TF_NUM_INTEROP_THREADS: '1', TF_ENABLE_ONEDNN_OPTS: '1' },
  oneDnn: { ...oneThread, TF_NUM_INTEROP_THREADS: '-1', TF_ENABLE_ONEDNN_OPTS: '1' },
  now: { ...oneThread, TF_NUM_INTEROP_THREADS: '-1', TF_ENABLE_ONEDNN_OPTS: '0' },
}

/** What is timed: in which process, and in which form. The last one goes through the port of a host. */
const contenders = [
  { title: 'eager, as before', host: 'before', form: 'eager' },
  { title: 'eager', host: 'now', form: 'eager' },
  { title: 'session, other thread', host: 'before', form: 'session' },
  { title: 'session, oneDNN', host: 'oneDnn', form: 'session' },
  { title: 'session', host: 'now', form: 'session' },
  { title: 'through the port', host: 'forked', form: 'session' },
]
const [asBefore, eagerNow, , withOneDnn, session, port] = contenders.map(({ title }) => title)

if (process.argv[2] === 'host') await serve()
else await compare()

async function compare() {
  const result = createResult(
    'native',
    'One call of TensorFlow a batch',
    `Native backend, one thread; microseconds a batch, medians of ${rounds} interleaved rounds, each the median of the runs in ${sampleMs} ms. "eager, as before": operation by operation with TensorFlow's defaults (oneDNN, an inter-op thread); "session": a SavedModel made of the same graph, run on the thread that asks, without oneDNN, as hosts do it; "session, other thread" and "session, oneDNN" lack one of these. All in the process that holds TensorFlow but the last, which is asked as a user's process asks. Each form answers its check rows right before it is timed.`,
  )
  const models = {
    'MLP 20-64-32-1': syntheticMlp([20, 64, 32, 1]).files,
    telco_churn: (await convertHeldOut('telco_churn')).files,
    credit_risk: (await convertHeldOut('credit_risk')).files,
    'MLP 100-512-512-10': syntheticMlp([100, 512, 512, 10]).files,
  }
  const hosts = {}
  for (const [name, env] of Object.entries(settings)) hosts[name] = startHost(env)
  hosts.forked = await openForked()
  try {
    for (const [name, files] of Object.entries(models)) {
      const notes = await Promise.all(Object.values(hosts).map((host) => host.ask({ kind: 'load', name, files })))
      result.note(`${name}: ${notes.at(-1)}`)
      report(result, name, await race(name, hosts))
    }
    result.save()
  } finally {
    for (const host of Object.values(hosts)) await host.close()
  }
}

async function race(name, hosts) {
  const table = new Map()
  for (const rowCount of sizes) {
    const samples = contenders.map(() => [])
    for (let round = -1; round < rounds; round++)
      for (let turn = 0; turn < contenders.length; turn++) {
        const at = (turn + Math.max(0, round)) % contenders.length
        const { host, form } = contenders[at]
        const micros = await hosts[host].ask({ kind: 'time', name, form, rowCount })
        if (round >= 0) samples[at].push(micros)
      }
    table.set(rowCount, Object.fromEntries(contenders.map(({ title }, i) => [title, median(samples[i])])))
    progress(`${name}, ${rowCount} rows`)
  }
  return table
}

function report(result, name, table) {
  const titles = contenders.map(({ title }) => title)
  result.table(
    `${name}, µs a batch`,
    ['rows', ...titles, 'session against eager before', 'against eager now', 'without oneDNN', 'trip'],
    [...table].map(([rowCount, micros]) => [
      rowCount,
      ...titles.map((title) => digits(micros[title])),
      times(micros[asBefore] / micros[session]),
      times(micros[eagerNow] / micros[session]),
      times(micros[withOneDnn] / micros[session]),
      digits(micros[port] - micros[session]),
    ]),
  )
  if (name !== 'MLP 20-64-32-1') return
  const gain = Math.min(...[asBefore, eagerNow].map((title) => table.get(50)[title] / table.get(50)[session]))
  const what = 'native backend, MLP 20-64-32-1 at 50 rows, one SessionRun against eager'
  result.bar(what, `${wantedGain} ×`, times(gain), gain >= wantedGain)
}

/** A process that holds TensorFlow with these settings and times what it is asked to. */
function startHost(env) {
  const child = fork(new URL(import.meta.url), ['host'], {
    env: { ...process.env, ...env },
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  })
  const ask = (request) =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`a host ended with code ${code}`))
      child.once('exit', ended)
      child.once('message', ({ value, error }) => {
        child.off('exit', ended)
        if (error === undefined) resolve(value)
        else reject(new Error(error))
      })
      child.send(request)
    })
  return { ask, close: async () => child.disconnect() }
}

async function serve() {
  const { findSessionForm } = await load('backend/tfjs/session-form.js')
  const { saveSavedModel: save } = await load('backend/tfjs/saved-model-file.js')
  // with a clock that stands still a session serves wherever it is right
  const ports = { operations: 'fused', save, now: () => 0 }
  const session = await inProcess((form, binding) => findSessionForm(form, { ...ports, binding }))
  const answer = await createTimer({ eager: await inProcess(), session })
  process.on('message', async (request) => {
    const reply = await answer(request).then(
      (value) => ({ value }),
      (error) => ({ error: error.stack }),
    )
    process.send(reply)
  })
}

/** The native backend of this release in a process of its own. */
async function openForked() {
  const { createForkedBackend } = await load('backend/host/forked-backend.js')
  const backend = createForkedBackend('native')
  return { ask: await createTimer({ session: backend }), close: () => backend.close() }
}

/** TensorFlow in this process; without `findForm` models run operation by operation. */
async function inProcess(findForm) {
  const { createTfjsBackend } = await load('backend/tfjs/tfjs-backend.js')
  const { loadTensorflowAddon } = await load('backend/tfjs/tensorflow-addon.js')
  const facts = { library: 'TensorFlow', device: { kind: 'cpu', name: 'the CPU' } }
  let addon
  return createTfjsBackend({
    name: 'native',
    description: 'TensorFlow',
    registeredName: 'tensorflow',
    reading: 'sync',
    register: async (tf) => void (addon = await loadTensorflowAddon(tf, ['cpu'])),
    describe: () => ({
      operations: 'single',
      facts,
      memoryBudgetBytes: 2 ** 33,
      findForm: findForm && ((form) => findForm(form, addon.sessions)),
    }),
  })
}

/** Loads models into all `backends`, proves them right, and times batches; micros a batch, or how a model computes. */
async function createTimer(backends) {
  const { createProbe } = await load('backend/choice/probe.js')
  const { selfCheck } = await load('backend/choice/self-check.js')
  const { readArtifact } = await load('artifact/read-artifact.js')
  const { decodeWeights } = await load('artifact/decode-tensor.js')
  const { sha256Hex } = await load('artifact/sha256.js')
  const { restoreRegions } = await load('regions/store.js')
  const { createEncoder } = await load('rows/encode.js')
  const loaded = new Map()

  async function open(name, files) {
    const artifact = readArtifact(files, { hash: sha256Hex })
    const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
    const probe = createProbe({ artifact, graph, encoder: createEncoder(graph, artifact.metadata.inputs) })
    const models = {}
    for (const [form, backend] of Object.entries(backends)) {
      const model = await backend.load(artifact)
      const { isRight, reason } = await selfCheck(model, probe)
      if (!isRight) throw new Error(`${name}, ${form}: ${reason}; nothing is timed`)
      models[form] = model
    }
    if (!models.session.form.startsWith('one call')) throw new Error(`${name} runs ${models.session.form}`)
    loaded.set(name, { models, probe })
    return models.session.form
  }

  return async ({ kind, name, files, form, rowCount }) => {
    if (kind === 'load') return open(name, files)
    const { models, probe } = loaded.get(name)
    const { inputs, raw } = probe.batch(models[form], rowCount, (i) => i % probe.rowCount)
    const outputs = [raw]
    const runs = []
    const startedAt = performance.now()
    do {
      const before = performance.now()
      await models[form].run(inputs, rowCount, outputs)
      runs.push((performance.now() - before) * 1000)
    } while (performance.now() - startedAt < sampleMs)
    return median(runs)
  }
}
