// What every bench shares: the machine it ran on, interleaved rounds, medians, and models proven right before timing.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { convertModel } from 'tfjs-serving/converters'

const root = new URL('../', import.meta.url)

export function printMachine() {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const { version: tfjs } = JSON.parse(
    readFileSync(new URL('node_modules/@tensorflow/tfjs-core/package.json', root), 'utf8'),
  )
  console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`)
  console.log(
    `tfjs-serving ${version} at ${commit()}, TensorFlow.js ${tfjs}, ${new Date().toISOString().slice(0, 10)}\n`,
  )
}

function commit() {
  try {
    const hash = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
    const isDirty = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }).trim() !== ''
    return isDirty ? `${hash} with changes` : hash
  } catch {
    return 'no commit'
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Runs each contender once a round, in turn, so that a change of the machine's speed hits all; medians in microseconds. */
export async function race(contenders, { rounds = 101, warmUp = 40 } = {}) {
  const times = new Map(Object.keys(contenders).map((name) => [name, []]))
  for (let round = -warmUp; round < rounds; round++)
    for (const [name, run] of Object.entries(contenders)) {
      const startedAt = performance.now()
      await run()
      if (round >= 0) times.get(name).push((performance.now() - startedAt) * 1000)
    }
  return Object.fromEntries([...times].map(([name, list]) => [name, median(list)]))
}

/** Converts a model of models/ in memory and gives its held-out rows with the source's own answers. */
export async function convertHeldOut(name) {
  const folder = new URL(`models/${name}/`, root)
  const heldOut = JSON.parse(readFileSync(new URL('heldout.json', folder), 'utf8'))
  const source = { 'model.joblib': new Uint8Array(readFileSync(new URL('model.joblib', folder))) }
  const { files, report } = await convertModel(source, { name, version: '1.0.0' })
  return { files, report, rows: heldOut.rows, expected: heldOut.expected }
}

/** Throws unless the predictor answers the held-out rows as the source did. */
export async function proveRight(predictor, { rows, expected }, tolerance = 0.01) {
  const answers = await predictor.predictBatch(rows, { useCache: false })
  answers.forEach((answer, i) => {
    const difference = Math.max(...answer.probabilities.map((p, k) => Math.abs(p - expected.predict_proba[i][k])))
    if (!(difference <= tolerance)) throw new Error(`row ${i} differs by ${difference}: nothing is timed`)
  })
}

export function printTable(header, rows) {
  const table = [header, ...rows.map((row) => row.map(String))]
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column].length)))
  for (const row of table)
    console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '))
  console.log()
}
