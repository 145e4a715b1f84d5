// Names in; trained and converted models of the benches with their rows and scikit-learn's answers out, from bench/.cache.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { convertModel } from 'tfjs-serving/converters'
import { pythonRemedy } from './find-python.mjs'
import { trainOnce } from './train-once.mjs'

const root = new URL('../../', import.meta.url)
const cache = new URL('../.cache/', import.meta.url)

export const rowCount = 4096

/** Trained by train.py; the rest of the name is what it is. */
export const trainedTitles = {
  logreg20: 'LogisticRegression 20',
  mlp20: 'MLP 20-64-32-1',
  mlp100x512: 'MLP 100-512-512-10',
  gbm100x3: 'GradientBoosting 100 × 3',
  gbm500x6: 'GradientBoosting 500 × 6',
  forest200x12: 'RandomForest 200 × 12',
  hist1000x31: 'HistGradientBoosting 1000 × 31',
}

/** Those of models/, which need no Python. */
export const shippedTitles = {
  telco_churn: 'telco_churn (80 trees of depth 4, 19 columns)',
  credit_risk: 'credit_risk (MLP, 13 columns)',
}

/** Trees of the models that train.py cuts from hist1000x31. */
export const growthTrees = [125, 250, 500, 1000]

let trained

/** Trains where nothing has been trained by this train.py with this data; false where it cannot. */
export function trainModels() {
  trained ??= train()
  return trained
}

function train() {
  const { BENCH_DATA: data, BENCH_TARGET: target } = process.env
  const given = data === undefined ? [] : ['--data', data, ...(target === undefined ? [] : ['--target', target])]
  return trainOnce({ script: 'train.py', folder: 'models', given, about: 'half a minute' })
}

export const untrainedNote = `models trained for the benches are left out: no Python that could train them is found (${pythonRemedy})`

/** One model; undefined where it is not of models/ and nothing could be trained. */
export async function openModel(name) {
  const isShipped = name in shippedTitles
  if (!trainModels() && !isShipped) return undefined
  const source = new URL(isShipped ? `models/${name}/` : `bench/.cache/models/${name}/`, root)
  const folders = { uint8: await convert(name, source, 'uint8'), none: await convert(name, source, 'none') }
  const { schema } = readMetadata(folders.uint8)
  const onnx = new URL(`models/${name}/model.onnx`, cache)
  return {
    name,
    title: trainedTitles[name] ?? shippedTitles[name] ?? name,
    folders,
    schema,
    featureCount: schema.features.length,
    classCount: schema.classes.length,
    source: fileURLToPath(new URL('model.joblib', source)),
    onnx: existsSync(onnx) ? fileURLToPath(onnx) : undefined,
    hasNamedInputs: isShipped,
    ...(isShipped ? readHeldOut(source, schema) : readTrained(source)),
  }
}

/** Converts as a user would, once a build; the folder's path. */
async function convert(name, source, quantize) {
  const outDir = fileURLToPath(new URL(`artifacts/${name}/${quantize}/`, cache))
  const file = new URL('model.joblib', source)
  const newest = Math.max(...[file, new URL('dist/.tsbuildinfo', root)].map((url) => statSync(url).mtimeMs))
  if (existsSync(`${outDir}model.json`) && statSync(`${outDir}model.json`).mtimeMs > newest) return outDir
  rmSync(outDir, { recursive: true, force: true })
  mkdirSync(outDir, { recursive: true })
  const rows = new URL('calibration.json', source)
  const calibration = existsSync(rows) ? { calibration: JSON.parse(readFileSync(rows, 'utf8')) } : {}
  await convertModel(
    { 'model.joblib': new Uint8Array(readFileSync(file)) },
    { name, version: '1.0.0', quantize, outDir, ...calibration },
  )
  return outDir
}

export function readMetadata(folder) {
  const metadata = JSON.parse(readFileSync(`${folder}model.json`, 'utf8')).userDefinedMetadata['tfjs-serving']
  return typeof metadata === 'string' ? JSON.parse(metadata) : metadata
}

function readTrained(source) {
  const read = (file) => new Float64Array(new Uint8Array(readFileSync(new URL(file, source))).buffer)
  return { rows: read('rows.f64'), answers: read('answers.f64') }
}

/** Held-out rows of models/, again and again until there are as many as of the others. */
function readHeldOut(source, schema) {
  const heldOut = JSON.parse(readFileSync(new URL('heldout.json', source), 'utf8'))
  const at = (list, i) => list[i % list.length]
  const records = Array.from({ length: rowCount }, (_, i) => at(heldOut.rows, i))
  const answers = records.flatMap((_, i) => at(heldOut.expected.predict_proba, i))
  return { records, rows: canonicalRows(records, schema), answers: Float64Array.from(answers) }
}

/** Records as `runSync` takes them: numbers as they are, NaN for missing, strings by their index among the categories. */
export function canonicalRows(records, { features }) {
  const rows = new Float64Array(records.length * features.length)
  records.forEach((record, row) =>
    features.forEach(({ name, dtype, categories }, column) => {
      const value = record[name]
      const canonical = value === null || value === undefined ? NaN : value
      rows[row * features.length + column] =
        dtype === 'string' && typeof canonical === 'string' ? categories.indexOf(canonical) : canonical
    }),
  )
  return rows
}

/** Different rows in turn, as in life: one row again and again teaches the processor which way its branches go. */
export const mostSlabs = 256

/** Slabs of `size` rows, different ones, at most `most`; each made by `make` from its Float64Array. */
export function slabsOf({ rows, featureCount }, size, make, most = mostSlabs) {
  const total = rows.length / featureCount
  const count = Math.max(1, Math.min(most, Math.floor(total / size)))
  return Array.from({ length: count }, (_, i) =>
    make(rows.subarray(i * size * featureCount, (i + 1) * size * featureCount), i * size),
  )
}
