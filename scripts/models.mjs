// models/ in; every model with a training.json trained from its data into build/models and compared with what is committed, a table out.

import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const usage = `node scripts/models.mjs [--write] [--python PATH] [name …]

Trains each model of models/ that has a training.json, or those that are named, into build/models: a complete folder for
initializeMLRegistry({ modelsDir: 'build/models' }). Then converts the committed source again and compares the bytes with
the committed version, and the measures of the new training with the committed intervals.
  --write   makes models/ itself what the training gives: source, heldout.json, card.md, calibration.svg, versions/, history
  --python  interpreter for the Python trainer
Exit code: 0 all is as committed and every gate passed, 1 something is not, 2 wrong use.
`

const root = fileURLToPath(new URL('../', import.meta.url))
const modelsDir = join(root, 'models')
const outDir = join(root, 'build', 'models')

const { values, positionals } = readArguments()
if (values.help) {
  process.stdout.write(usage)
} else {
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  try {
    process.exitCode = await rebuildAll(interruption.signal)
  } catch (error) {
    process.stderr.write(interruption.signal.aborted ? 'stopped\n' : `${error?.stack ?? error}\n`)
    process.exitCode = interruption.signal.aborted ? 130 : 1
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { write: { type: 'boolean' }, python: { type: 'string' }, help: { type: 'boolean' } },
    })
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`)
    process.exit(2)
  }
}

async function rebuildAll(signal) {
  const training = await import('../dist/src/training/index.js')
  const names = await modelNames()
  const startedAt = performance.now()
  const rows = []
  for (const name of names) rows.push(await rebuild(name, training, signal))
  printTable(rows)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const faults = rows.flatMap((row) => row.faults.map((fault) => `${row.name}: ${fault}`))
  for (const fault of faults) process.stdout.write(`${fault}\n`)
  process.stdout.write(`\n${names.length} models in ${seconds} s; ${values.write ? modelsDir : outDir}\n`)
  return faults.length === 0 ? 0 : 1
}

async function modelNames() {
  const all = (await readdir(modelsDir)).filter((name) => existsSync(join(modelsDir, name, 'training.json')))
  const unknown = positionals.find((name) => !all.includes(name))
  if (unknown === undefined) return positionals.length === 0 ? all : positionals
  process.stderr.write(`there is no model ${unknown} with a training.json; there are ${all.join(', ')}\n`)
  process.exit(2)
}

async function rebuild(name, training, signal) {
  const modelDir = join(modelsDir, name)
  const out = join(outDir, name)
  const startedAt = performance.now()
  await rm(out, { recursive: true, force: true })
  await mkdir(outDir, { recursive: true })
  const result = await training.trainModel(modelDir, {
    out,
    promote: true,
    signal,
    ...(values.python !== undefined && { python: values.python }),
    onProgress: createLog(name),
  })
  const faults = result.record.gates.filter(({ passed }) => !passed).map(({ text }) => text)
  if (values.write && result.passed) await writeCommitted(modelDir, out, result, training)
  const committed = await compareCommitted(modelDir, result, training)
  return {
    name,
    result,
    seconds: (performance.now() - startedAt) / 1000,
    ...committed,
    faults: [...faults, ...committed.faults],
  }
}

/** One line a step; passes of a network are none. */
function createLog(name) {
  let last = ''
  return ({ message }) => {
    const step = message.split(': ').slice(0, 2).join(': ')
    if (step !== last) process.stderr.write(`${name}: ${step}\n`)
    last = step
  }
}

/** What the run left, taken over: another artifact of the same version replaces it, with its history. */
async function writeCommitted(modelDir, out, { version }, training) {
  if (await isSameFolder(join(modelDir, 'versions', version), join(out, 'versions', version))) {
    const store = await training.openModelStore(modelDir)
    if ((await store.production()) === version) return
  }
  const { source } = JSON.parse(await readFile(join(modelDir, 'training.json'), 'utf8'))
  await rm(join(modelDir, 'versions', version), { recursive: true, force: true })
  for (const entry of [
    source,
    'heldout.json',
    'card.md',
    'calibration.svg',
    'versions',
    'history.jsonl',
    'service.json',
  ])
    await cp(join(out, entry), join(modelDir, entry), { recursive: true })
  await nameProduction(join(modelDir, 'service.json'), version)
}

/** As the store would, but in the lines that people have written. */
async function nameProduction(file, version) {
  const text = await readFile(file, 'utf8')
  const { active, aliases } = JSON.parse(text)
  if (active === 'production' && aliases?.production === version) return
  if (active !== undefined || aliases !== undefined)
    await writeFile(file, text.replace(/("production": ")[^"]*"/, `$1${version}"`))
  else
    await writeFile(
      file,
      text.replace(/\s*\}\s*$/, `,\n  "active": "production",\n  "aliases": { "production": "${version}" }\n}\n`),
    )
}

/** Files of an artifact by bytes; its lineage has the time of day. */
async function isSameFolder(a, b) {
  if (!existsSync(a) || !existsSync(b)) return false
  const [first, second] = [await artifactOf(a), await artifactOf(b)]
  return differences(first, second).length === 0
}

async function artifactOf(folder) {
  const names = (await readdir(folder)).filter((name) => name === 'model.json' || name.endsWith('.bin'))
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))])))
}

function differences(first, second) {
  const names = new Set([...Object.keys(first), ...Object.keys(second)])
  return [...names].filter((name) => {
    const [a, b] = [first[name], second[name]]
    return a === undefined || b === undefined || Buffer.compare(a, b) !== 0
  })
}

/** The committed source must still make the committed artifact; a new training must measure what the committed one did. */
async function compareCommitted(modelDir, { version, record }, training) {
  const folder = join(modelDir, 'versions', version)
  if (!existsSync(folder)) return { bytes: 'not committed', metrics: 'not committed', faults: [] }
  const faults = []
  const changed = await training.rebuildArtifact(modelDir, { version }).then(
    async ({ files }) => differences(await artifactOf(folder), files),
    (error) => {
      // the other models are still of interest
      faults.push(`the committed source cannot be converted: ${error.message}`)
    },
  )
  if (changed?.length > 0)
    faults.push(`the committed source must make the committed ${version}; ${changed.join(', ')} differ`)
  const { metrics } = JSON.parse(await readFile(join(folder, 'lineage.json'), 'utf8'))
  const beyond = Object.entries(metrics.artifact.measures)
    .filter(([, { method }]) => method !== 'chance')
    .filter(([measure, { interval }]) => {
      const { value } = record.artifact.measures[measure]
      return value < interval[0] || value > interval[1]
    })
  for (const [measure, { interval }] of beyond)
    faults.push(
      `${measure} of a new training is ${record.artifact.measures[measure].value}, outside of the committed ${interval.join(' to ')}`,
    )
  return {
    bytes: changed === undefined ? 'BROKEN' : changed.length === 0 ? 'equal' : 'DIFFER',
    metrics: beyond.length === 0 ? 'within' : 'BEYOND',
    faults,
  }
}

function printTable(rows) {
  const share = (value) => (value === undefined ? '' : value.toFixed(4))
  const header = [
    'model',
    'accuracy',
    '95 %',
    'floor',
    'best',
    'rule',
    'AUC',
    'ECE',
    'bytes',
    'state',
    'committed',
    'measures',
    's',
  ]
  const lines = rows.map(({ name, result, bytes, metrics, seconds }) => {
    const { record, state, version } = result
    const { accuracy, rocAuc, calibrationError } = record.artifact.measures
    return [
      `${name} ${version}`,
      share(accuracy.value),
      accuracy.interval.map(share).join('–'),
      String(record.gates.find((gate) => gate.name === 'accuracy').bound),
      share(record.bestReachable?.accuracy),
      share(record.rule?.measures.measures.accuracy.value),
      share(rocAuc.value),
      share(calibrationError.value),
      String(record.bytes.artifact),
      state,
      bytes,
      metrics,
      seconds.toFixed(0),
    ]
  })
  const widths = header.map((text, column) => Math.max(text.length, ...lines.map((line) => line[column].length)))
  for (const line of [header, ...lines])
    process.stdout.write(
      `${line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd()}\n`,
    )
}
