// The real `native install` with pip, npm and a compiler: from nothing, again, and killed where it hurts most.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { findNative, markerName, nativeHome } from '../../../src/backend/host/native-home.ts'
import { nodeMachine } from '../../../src/cli/native/node-machine.ts'
import { runNative, startNative, useNativeCache } from '../../helpers/native-cache.ts'

/** The fetch hangs on the line: half a gigabyte on a slow one takes its time. */
const longMs = 600_000

/** The promise: three minutes beyond the download. */
const mostMsBeyondFetch = 180_000

type Installed = {
  readonly durationsMs: Readonly<Record<string, number>>
  readonly proof: { readonly tensorflow: string }
}

let reason: string | undefined
let cache = ''

beforeAll(async () => {
  reason = await useNativeCache()
  cache = mkdtempSync(join(tmpdir(), 'tfjs-serving-native-'))
}, longMs)

beforeEach(({ skip }) => skip(reason !== undefined, reason))
afterAll(() => rmSync(cache, { recursive: true, force: true }))

test('a call where it is installed does nothing, fast', async () => {
  const shared = process.env['TFJS_SERVING_CACHE'] ?? ''
  const before = statSync(join(nativeHome('cpu'), markerName)).mtimeMs
  const startMs = performance.now()
  const { exitCode, stdout, stderr } = await runNative(['install'], shared)
  const durationMs = performance.now() - startMs
  expect({ exitCode, stdout, stderr }).toEqual({
    ...{ exitCode: 0, stdout: `installed already: ${nativeHome('cpu')}\n`, stderr: '' },
  })
  expect(statSync(join(nativeHome('cpu'), markerName)).mtimeMs).toBe(before)
  // Node itself takes most of it; an install takes twenty seconds at least
  expect(durationMs).toBeLessThan(10_000)
})

test('killed in the middle of the download and in the middle of unpacking, the next call finishes the work', {
  timeout: longMs,
}, async () => {
  const env = { TFJS_SERVING_CACHE: cache }
  const home = nativeHome('cpu', env)

  await killWhen(() => byteLengthUnder(join(home, 'download/arrival')) > 20e6)
  expect(await findNative('cpu', env)).toBeUndefined()
  expect(existsSync(join(home, 'install.lock'))).toBe(true)

  const part = join(home, 'lib/tensorflow/libtensorflow_cc.so.2.part')
  await killWhen(() => byteLengthUnder(part) > 50e6)
  expect(await findNative('cpu', env)).toBeUndefined()

  const { exitCode, stdout, stderr } = await runNative(['install', '--json'], cache)
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('compiling the add-on') })
  const { durationsMs, proof } = JSON.parse(stdout) as Installed
  console.log(`native install after two kills, ms a step: ${JSON.stringify(durationsMs)}`)
  // the wheel was whole before the second kill
  expect(Object.keys(durationsMs).filter((name) => name.startsWith('fetch '))).toEqual([])
  expect(proof.tensorflow).toBe('2.21.0')
  expect(await findNative('cpu', env)).toMatchObject({ home })
  const left = readdirSync(home).sort()
  expect(left).toEqual(['addon', 'installed.json', 'lib'])
  expect(existsSync(part)).toBe(false)
  const beyondMs = Object.entries(durationsMs).reduce(
    (sum, [name, ms]) => sum + (/^fetch|^packages/.test(name) ? 0 : ms),
    0,
  )
  expect(beyondMs).toBeLessThan(mostMsBeyondFetch)
})

test('interrupted by SIGINT it ends what it started, says so, and gives the lock back', {
  timeout: longMs,
}, async () => {
  const other = mkdtempSync(join(tmpdir(), 'tfjs-serving-native-'))
  try {
    const home = nativeHome('cpu', { TFJS_SERVING_CACHE: other })
    const { child, ended } = startNative(['install'], other)
    await until(() => byteLengthUnder(join(home, 'download/arrival')) > 1e6)
    const children = await childrenOf(child.pid ?? 0)
    expect(children.length).toBeGreaterThan(0)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ exitCode: 130, stderr: expect.stringMatching(/interrupted; .*\n$/) })
    expect(existsSync(join(home, 'install.lock'))).toBe(false)
    for (const pid of children) expect(await nodeMachine.processStart(pid)).toBeUndefined()
  } finally {
    rmSync(other, { recursive: true, force: true })
  }
})

/** Starts an install and kills it, as the system would, once `isTime`. */
async function killWhen(isTime: () => boolean): Promise<void> {
  const { child, ended } = startNative(['install'], cache)
  await until(isTime)
  child.kill('SIGKILL')
  expect((await ended).exitCode).toBeNull()
}

/** Files of another process cannot be waited for otherwise. */
async function until(isTime: () => boolean): Promise<void> {
  const endMs = performance.now() + longMs
  while (!isTime()) {
    if (performance.now() > endMs) throw new Error('that time did not come')
    await sleep(10)
  }
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const result = await nodeMachine.run(['ps', '-o', 'pid=', '--ppid', String(pid)])
  return result.kind === 'exited' ? result.stdout.trim().split(/\s+/).map(Number) : []
}

/** Of a file or of all files under a folder; 0 where it is not there. */
function byteLengthUnder(path: string): number {
  try {
    if (!statSync(path).isDirectory()) return statSync(path).size
    return readdirSync(path).reduce((sum, name) => sum + byteLengthUnder(join(path, name)), 0)
  } catch {
    return 0
  }
}
