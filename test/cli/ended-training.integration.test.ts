// A training that is told to end, in each way that processes are told: it ends, its script with it, and nothing is left.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { sampleFolder } from '../training/sample-folder.ts'
import { sampleRule } from '../training/sample-table.ts'
import { standInPython } from '../training/python/stand-in-python.ts'

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'ends at %s with its script, and leaves nothing',
  async (signal) => {
    const trainer = { kind: 'python', script: 'train.py', requirements: 'requirements.txt', parameters: {} } as const
    const folder = await sampleFolder({ config: { trainer, source: 'model.joblib' } })
    writeFileSync(join(folder, 'train.py'), '')
    writeFileSync(join(folder, 'requirements.txt'), '')
    writeFileSync(join(folder, 'rule.json'), JSON.stringify(sampleRule))
    const before = readdirSync(folder)
    const python = await standInPython({
      hasRequirements: true,
      script: `echo $$ > '${folder}/../pid'; echo '{"done":1,"total":2,"message":"hangs"}'; exec sleep 600`,
    })
    const temporary = mkdtempSync(join(tmpdir(), 'tfjs-serving-test-'))
    try {
      const child = spawn(process.execPath, [main, 'train', folder, '--python', python.path], {
        env: { ...process.env, TMPDIR: temporary },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      for await (const part of child.stderr.setEncoding('utf8')) if (String(part).includes('hangs')) break
      const ended = once(child, 'exit')
      child.kill(signal)
      expect(await ended).toEqual([130, null])
      const pid = Number(readFileSync(join(folder, '..', 'pid'), 'utf8'))
      expect(() => process.kill(pid, 0)).toThrow('ESRCH')
      expect(readdirSync(temporary)).toEqual([])
      expect(readdirSync(folder)).toEqual(before)
    } finally {
      rmSync(temporary, { recursive: true, force: true })
    }
  },
)
