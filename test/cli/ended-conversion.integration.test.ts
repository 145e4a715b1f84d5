// A conversion that is told to end while it holds the thread: it ends at once, and nothing is left.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const source = fileURLToPath(new URL('../../models/telco_churn/model.joblib', import.meta.url))

test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'ends at %s',
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'ended-conversion-'))
    try {
      const child = spawn(process.execPath, [main, 'convert', source, '--out', join(folder, 'out')], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const ended = once(child, 'exit')
      for await (const part of child.stderr.setEncoding('utf8')) if (String(part).includes('storing weights')) break
      child.kill(signal)
      expect(await ended).toEqual([null, signal])
      expect(readdirSync(folder)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
