// Installs the peer runtimes beside this file, from their lockfile; onnxruntime-node's own step, which downloads GPU libraries, is skipped.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
  cwd: fileURLToPath(new URL('./', import.meta.url)),
  env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
