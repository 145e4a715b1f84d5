// scikit-learn itself, in a Python process that times itself; one thread.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findPython, pythonRemedy } from '../models/find-python.mjs'
import { startTimedChild } from './timed-child.mjs'

const script = fileURLToPath(new URL('timed-sklearn.py', import.meta.url))
const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }

export const sklearnName = 'scikit-learn'

export async function openSklearn(model) {
  if (model.hasNamedInputs) return { skipped: 'scikit-learn is not asked for pipelines of named columns (pandas)' }
  const rowsPath = fileURLToPath(new URL(`../.cache/models/${model.name}/child-rows.f64`, import.meta.url))
  writeFileSync(rowsPath, model.rows)
  return askSklearn(model.source, rowsPath)
}

/** Its answers are what all others are compared with. `rowsPath`: float64, or the JSON of texts. */
export async function askSklearn(source, rowsPath) {
  const python = findPython()
  if (python === undefined) return { skipped: `scikit-learn is left out: no Python with it is found (${pythonRemedy})` }
  const child = await startTimedChild(python.path, ['-W', 'ignore', script, source, rowsPath], oneThread)
  return { name: sklearnName, versions: { 'scikit-learn': python.scikitLearn }, ...child }
}
