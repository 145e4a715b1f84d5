// Names in; trained and converted text models with their texts and scikit-learn's answers out, from bench/.cache.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { trainOnce } from './train-once.mjs'

const folder = 'texts'
const cache = new URL('../.cache/', import.meta.url)
const converter = fileURLToPath(new URL('convert-once.mjs', import.meta.url))

/** Trained by train-texts.py. */
export const textTitles = {
  'tfidf-words': 'TfidfVectorizer, 20,000 words → LogisticRegression',
  'tfidf-bigrams': 'TfidfVectorizer, 20,000 words and bigrams → LogisticRegression',
  'count-bayes': 'CountVectorizer, 20,000 words → MultinomialNB',
  'hash-sgd': 'HashingVectorizer, 65,536 columns → SGDClassifier',
}

export function trainTexts() {
  return trainOnce({ script: 'train-texts.py', folder, about: 'half a minute' })
}

/** `converted` is `{ seconds, megabytes, bytes }` of a process that did nothing else. */
export function openTextModel(name) {
  const own = new URL(`${folder}/${name}/`, cache)
  const path = (file) => fileURLToPath(new URL(file, own))
  const textsPath = fileURLToPath(new URL(`${folder}/texts.json`, cache))
  const artifact = fileURLToPath(new URL(`artifacts/${name}/uint8/`, cache))
  const pathIfThere = (file) => (existsSync(path(file)) ? path(file) : undefined)
  return {
    name,
    title: textTitles[name],
    texts: JSON.parse(readFileSync(textsPath, 'utf8')),
    textsPath,
    answers: new Float64Array(new Uint8Array(readFileSync(path('answers.f64'))).buffer),
    classCount: 2,
    source: path('model.joblib'),
    sourceBytes: statSync(path('model.joblib')).size,
    artifact,
    converted: convert(name, path('model.joblib'), artifact),
    /** As skl2onnx writes it, and told how tokens look. */
    onnx: { plain: pathIfThere('model.onnx'), tokens: pathIfThere('model-tokens.onnx') },
    refusals: JSON.parse(readFileSync(path('facts.json'), 'utf8')).refusals,
  }
}

function convert(name, source, outDir) {
  rmSync(outDir, { recursive: true, force: true })
  mkdirSync(outDir, { recursive: true })
  const { stdout, stderr, status } = spawnSync(process.execPath, [converter, source, outDir, name], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`converting ${name} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout)
}
