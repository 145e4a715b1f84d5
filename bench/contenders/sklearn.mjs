// scikit-learn itself, in a Python process that times itself; one thread.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findPython, pythonRemedy } from '../models/find-python.mjs'
import { startTimedChild } from './timed-child.mjs'

const script = fileURLToPath(new URL('timed-sklearn.py', import.meta.url))
const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }

export async function openSklearn(model) {
  const python = findPython()
  if (python === undefined) return { skipped: `scikit-learn is left out: no Python with it is found (${pythonRemedy})` }
  if (model.hasNamedInputs) return { skipped: 'scikit-learn is not asked for pipelines of named columns (pandas)' }
  const rowsPath = fileURLToPath(new URL(`../.cache/models/${model.name}/child-rows.f64`, import.meta.url))
  writeFileSync(rowsPath, model.rows)
  const child = await startTimedChild(python.path, ['-W', 'ignore', script, model.source, rowsPath], oneThread)
  // its answers are what all others are compared with
  return { name: 'scikit-learn', versions: { 'scikit-learn': python.scikitLearn }, ...child }
}
