// A training script in; its models in a folder of bench/.cache out, trained anew only where the script or what it is given changed.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { progress } from '../report/result.mjs'
import { findPython } from './find-python.mjs'

const cache = new URL('../.cache/', import.meta.url)

/** False where no Python can train; `given` are further arguments. */
export function trainOnce({ script, folder, given = [], about }) {
  const trainer = fileURLToPath(new URL(script, import.meta.url))
  const models = new URL(`${folder}/`, cache)
  const stamp = new URL('key', models)
  const key = createHash('sha256').update(readFileSync(trainer)).update(given.join(' ')).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return true
  const python = findPython()
  if (python === undefined) return false
  progress(`training with scikit-learn ${python.scikitLearn}, once: ${about}`)
  const out = fileURLToPath(models)
  rmSync(out, { recursive: true, force: true })
  const { status } = spawnSync(python.path, ['-W', 'ignore', trainer, '--out', out, ...given], { stdio: 'inherit' })
  if (status !== 0) {
    progress(`${trainer} ended with ${status}`)
    return false
  }
  writeFileSync(stamp, key)
  return true
}
