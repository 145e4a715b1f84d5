// The Python that trains models for the benches, where one with the packages is found.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const venv = fileURLToPath(new URL('../.cache/venv/', import.meta.url))

export const pythonRemedy =
  'python3 -m venv bench/.cache/venv && bench/.cache/venv/bin/pip install -r bench/models/requirements.txt, or name another by BENCH_PYTHON'

let found

/** `{ path, scikitLearn }` of the first Python that has all of them; undefined where none has. */
export function findPython() {
  found ??= { python: search() }
  return found.python
}

function search() {
  const own = [`${venv}bin/python`, `${venv}Scripts/python.exe`].filter((path) => existsSync(path))
  for (const path of [process.env.BENCH_PYTHON, ...own, 'python3', 'python']) {
    if (path === undefined || path === '') continue
    const code = 'import joblib, pandas, skl2onnx, sklearn; print(sklearn.__version__)'
    const { status, stdout } = spawnSync(path, ['-c', code], { encoding: 'utf8' })
    if (status === 0) return { path, scikitLearn: stdout.trim() }
  }
  return undefined
}
