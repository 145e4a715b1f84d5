// How soon after its start does a process answer? From spawn to the end of a process that answers one row, beyond one that does nothing.
// node bench/cold.mjs; `node bench/cold.mjs ours|onnx folder|file row` is such a process.

import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const rounds = 15
const mostMs = 60
const peers = new URL('peers/package.json', import.meta.url)

const [role, path, row, mode] = process.argv.slice(2)
if (role === 'ours') await answerOurs()
else if (role === 'onnx') await answerOnnx()
else if (role !== 'nothing') await measure()

/** As a program of a user begins: import, load, one answer. */
async function answerOurs() {
  const { loadModel } = await import('tfjs-serving')
  const model = await loadModel(path, { backend: mode, caching: false })
  const values = JSON.parse(row)
  const { probabilities } =
    typeof model.predictSync === 'function' && mode === 'kernel'
      ? model.predictSync(values)
      : await model.predict(values)
  finish(probabilities[1])
}

async function answerOnnx() {
  const ort = createRequire(peers)('onnxruntime-node')
  const session = await ort.InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 })
  const values = Float32Array.from(JSON.parse(row))
  const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', values, [1, values.length]) }
  finish((await session.run(feeds, ['probabilities'])).probabilities.data[1])
}

/** The answer, and when it was there since the process began, by Node's own clock. */
function finish(answer) {
  const { bootstrapComplete } = performance.nodeTiming
  const now = performance.now()
  process.stdout.write(JSON.stringify({ answer, sinceBootstrapMs: now - bootstrapComplete }), () => process.exit(0))
}

async function measure() {
  const { median } = await import('./harness.mjs')
  const { openModel, untrainedNote } = await import('./models/bench-models.mjs')
  const { findOnnx, onnxName, onnxRemedy } = await import('./contenders/onnx.mjs')
  const { loadKernel, rowsOf } = await import('./contenders/ours.mjs')
  const { tolerance } = await import('./contenders/open-peers.mjs')
  const { createResult, digits, progress } = await import('./report/result.mjs')
  const self = fileURLToPath(import.meta.url)
  const result = createResult(
    'cold',
    'Cold start',
    `A fresh process each time: import, load one model from disk, answer one row, exit. Milliseconds from spawn to exit, less those of a process that does nothing (\`node cold.mjs nothing\`); medians of ${rounds} interleaved rounds. "after Node’s own start" is the process’s own clock, from the end of Node’s bootstrap to the answer.`,
  )
  const table = []
  for (const name of ['telco_churn', 'gbm100x3', 'gbm500x6', 'mlp20']) {
    const model = await openModel(name)
    if (model === undefined) result.note(untrainedNote)
    else await time(model)
  }
  result.table(
    'ms to the first answer',
    ['model', 'who', 'beyond a process that does nothing', 'after Node’s own start'],
    table,
  )
  result.save()

  async function time(model) {
    const first = rowsOf(model)[0]
    const { predictor, note } = await loadKernel(model.folders.uint8)
    await predictor.close()
    if (note !== undefined) result.note(note)
    const backend = note === undefined ? 'kernel' : 'wasm'
    const ourName = `tfjs-serving, ${backend}`
    const starts = {
      [ourName]: ['ours', model.folders.uint8, JSON.stringify(first), backend],
      'tfjs-serving, as it chooses': ['ours', model.folders.uint8, JSON.stringify(first), 'auto'],
    }
    if (findOnnx() === undefined) result.note(onnxRemedy)
    else if (model.onnx !== undefined && !model.hasNamedInputs)
      starts[onnxName] = ['onnx', model.onnx, JSON.stringify(first)]
    const samples = Object.fromEntries(Object.keys(starts).map((who) => [who, []]))
    const nothing = []
    for (let round = 0; round < rounds; round++) {
      nothing.push(run(['nothing']).wallMs)
      for (const [who, args] of Object.entries(starts)) {
        const { wallMs, answer, sinceBootstrapMs } = run(args)
        if (!(Math.abs(answer - model.answers[1]) <= tolerance))
          throw new Error(`${who} answers ${answer} for ${model.name}`)
        samples[who].push({ wallMs, sinceBootstrapMs })
      }
    }
    const own = median(nothing)
    for (const [who, list] of Object.entries(samples)) {
      const beyond = median(list.map(({ wallMs }) => wallMs)) - own
      const since = median(list.map(({ sinceBootstrapMs }) => sinceBootstrapMs))
      table.push([model.name, who, digits(beyond), digits(since)])
      progress(`${model.name}, ${who}: ${digits(beyond)} ms`)
      if (who === ourName)
        result.bar(
          `${model.name}, first answer`,
          `≤ ${mostMs} ms`,
          `${digits(beyond)} ms`,
          note === undefined ? beyond <= mostMs : undefined,
        )
    }
  }

  function run(args) {
    const startedAt = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, [self, ...args], { encoding: 'utf8' })
    const wallMs = performance.now() - startedAt
    if (status !== 0) throw new Error(`${args[0]} ended with ${status}: ${stderr.slice(-500)}`)
    return { wallMs, ...(stdout === '' ? {} : JSON.parse(stdout)) }
  }
}
