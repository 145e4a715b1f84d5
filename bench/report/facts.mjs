// What a result must say of where it came from: machine, versions, commit.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'

const root = new URL('../../', import.meta.url)

export function readFacts() {
  return {
    machine: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} threads, ${process.platform}`,
    node: process.versions.node,
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
    versions: {
      'tfjs-serving': versionIn('package.json'),
      'TensorFlow.js': versionIn('node_modules/@tensorflow/tfjs-core/package.json'),
      'onnxruntime-node': versionIn('bench/peers/node_modules/onnxruntime-node/package.json'),
    },
  }
}

function versionIn(path) {
  const url = new URL(path, root)
  return existsSync(url) ? JSON.parse(readFileSync(url, 'utf8')).version : 'not installed'
}

/** Files that a bench writes itself are no change. */
function commit() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    const changed = git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      '--',
      '.',
      ':!bench/RESULTS.md',
      ':!bench/plots',
    )
    return `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : ' with changes'}`
  } catch {
    return 'no commit'
  }
}
