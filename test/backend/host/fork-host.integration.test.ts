// Real host processes, of the built package: killed, hung, crashing, left alone by their parents.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Artifact } from '../../../src/artifact/artifact.ts'
import { forkHost } from '../../../src/backend/host/fork-host.ts'
import type { HostReply, HostStart } from '../../../src/backend/host/host-protocol.ts'
import { createHostedBackend } from '../../../src/backend/host/hosted-backend.ts'
import type { Backend, BackendModel, Slab } from '../../../src/backend/port.ts'
import { systemClock } from '../../../src/observe/clock.ts'
import { artifactOf, createRandom, randomChain, withNode } from '../../helpers/random-regions.ts'
import { outcomeOf } from '../../helpers/scripted-host.ts'
import { createStandInAddon, plainAddon } from '../../helpers/stand-in-addon.ts'
import { whyNoSwiftshader } from '../../helpers/swiftshader.ts'

const rootUrl = new URL('../../../', import.meta.url)
const reason = existsSync(new URL('dist/src/backend/host/host-main.js', rootUrl))
  ? undefined
  : 'dist is not built: run npm run build'
const noSwiftshader = whyNoSwiftshader()
const addon = createStandInAddon()
const cache = process.env['TFJS_SERVING_CACHE']

beforeEach(({ skip }) => {
  skip(reason !== undefined, reason)
  process.env['TFJS_SERVING_CACHE'] = addon.cache
  addon.install(plainAddon)
})
afterAll(() => {
  addon.remove()
  if (cache === undefined) delete process.env['TFJS_SERVING_CACHE']
  else process.env['TFJS_SERVING_CACHE'] = cache
})

const native: HostStart = { name: 'native', options: {} }
const software: HostStart = { name: 'webgpu', options: { webgpu: { adapter: 'software' } } }
const random = createRandom(31)
const artifact = artifactOf(randomChain(random, [16, 256, 256, 4], 'relu'))

/** Scaled columns and their tanh: one shader, which SwiftShader compiles soon. */
const columns = randomChain(random, [4, 4], 'identity')
const oneShader = withNode(
  artifactOf({ ...columns, output: [0, 1, 2, 3].map((column) => ({ region: 2, column })) }),
  'raw',
  { op: 'Tanh' },
)

function inputsOf({ metadata }: Artifact, rowCount: number): Slab[] {
  return metadata.inputs.map(({ name, width }) => ({
    name,
    width,
    values: Float32Array.from({ length: rowCount * width }, () => random() - 0.5),
  }))
}

/** All artifacts here have four outputs. */
async function answersOf(model: BackendModel, inputs: readonly Slab[], rowCount: number): Promise<Float32Array> {
  const raw = { name: 'raw', width: 4, values: new Float32Array(4 * rowCount).fill(-77) }
  await model.run(inputs, rowCount, [raw])
  return raw.values
}

/** A backend, and the numbers of the processes that it forked. */
function createSubject(start: HostStart, runDeadlineMs?: number): { backend: Backend; pids: number[] } {
  const pids: number[] = []
  const backend = createHostedBackend(start.name, {
    clock: systemClock,
    runDeadlineMs,
    fork() {
      const link = forkHost(start)
      pids.push(link.pid ?? 0)
      return link
    },
  })
  onTestFinished(() => backend.close())
  return { backend, pids }
}

/** A process that has ended and that nobody has asked about yet counts as gone. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

/** How long it took until the process was gone; Infinity where it was not within `limitMs`. */
async function goneAfterMs(pid: number, limitMs: number): Promise<number> {
  const startedAt = performance.now()
  while (isAlive(pid)) {
    if (performance.now() - startedAt > limitMs) return Infinity
    await sleep(20)
  }
  return performance.now() - startedAt
}

describe('a host that computes', () => {
  test('loses no batch when it is killed in the middle of one', async () => {
    const { backend, pids } = createSubject(native)
    const model = await backend.load(artifact)
    const inputs = inputsOf(artifact, 3000)
    const expected = await answersOf(model, inputs, 3000)
    const running = answersOf(model, inputs, 3000)
    const outcome = outcomeOf(running)
    await sleep(30)
    expect(outcome.count).toBe(0)
    process.kill(pids[0], 'SIGKILL')
    expect(await running).toEqual(expected)
    expect(pids).toHaveLength(2)
    expect(backend.health()).toEqual({
      restartCount: 1,
      lastLoss: 'killed by SIGKILL: by hand, or by a system that ran out of memory',
    })
    await backend.close()
    expect(isAlive(pids[1])).toBe(false)
  })

  const ends = [
    ['its device is destroyed', 'SIGUSR2', /destroyed/],
    ['it is killed', 'SIGKILL', /SIGKILL/],
  ] as const
  test.for(ends)('loses no batch on WebGPU when %s in the middle of one', async ([, signal, loss], { skip }) => {
    skip(noSwiftshader !== undefined, noSwiftshader)
    process.env['NODE_OPTIONS'] = `--import ${new URL('destroy-device.mjs', import.meta.url).href}`
    onTestFinished(() => void delete process.env['NODE_OPTIONS'])
    const { backend, pids } = createSubject(software)
    const model = await backend.load(oneShader)
    const inputs = inputsOf(oneShader, 200_000)
    const expected = await answersOf(model, inputs, 200_000)
    const running = answersOf(model, inputs, 200_000)
    const outcome = outcomeOf(running)
    await sleep(10)
    expect(outcome.count).toBe(0)
    process.kill(pids[0], signal)
    expect(await running).toEqual(expected)
    expect(pids).toHaveLength(2)
    expect(backend.health()).toEqual({ restartCount: 1, lastLoss: expect.stringMatching(loss) })
  })

  test('makes models ready again when it is killed idle', async () => {
    const { backend, pids } = createSubject(native)
    const model = await backend.load(artifact)
    process.kill(pids[0], 'SIGKILL')
    while (pids.length < 2) await sleep(5)
    expect(await answersOf(model, inputsOf(artifact, 1), 1)).not.toContain(-77)
    expect(await backend.tensorCount()).toBeGreaterThan(0)
    model.dispose()
    expect(await backend.tensorCount()).toBe(0)
  })
})

type Parent = {
  readonly process: ChildProcess
  /** Waits for the line that begins with the word, and reads the rest of it. */
  readonly say: (word: string) => Promise<unknown>
  /** Every line read. */
  readonly lines: readonly string[]
}

/** parent-process.mjs at work, in a process group of its own. */
function startParent(mode: 'forget' | 'serve'): Parent {
  const child = fork(fileURLToPath(new URL('parent-process.mjs', import.meta.url)), [], {
    detached: true,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.send({ start: native, artifact, inputs: inputsOf(artifact, 3), rowCount: 3, mode })
  const output = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  const lines: string[] = []
  return {
    process: child,
    lines,
    async say(word) {
      for (;;) {
        const { value, done } = await output.next()
        if (done === true) throw new Error(`the parent ended before it said ${word}`)
        const line = String(value)
        lines.push(line)
        if (line.startsWith(`${word} `)) return JSON.parse(line.slice(word.length)) as unknown
      }
    },
  }
}

describe('a process with a host', () => {
  test('ends by itself when it forgets to close, and its host, which writes nothing to its output, with it', async () => {
    addon.install(`console.log('noise'); ${plainAddon}`)
    const parent = startParent('forget')
    const pid = (await parent.say('host')) as number
    expect(await parent.say('answer')).toHaveLength(4)
    expect(parent.lines).toHaveLength(2)
    const [code] = (await once(parent.process, 'exit')) as [number | null]
    expect(code).toBe(0)
    expect(await goneAfterMs(pid, 2000)).toBeLessThan(2000)
  })

  test('takes its host along when it is killed', async () => {
    const parent = startParent('serve')
    const pid = (await parent.say('host')) as number
    await parent.say('ready')
    expect(isAlive(pid)).toBe(true)
    parent.process.kill('SIGKILL')
    expect(await goneAfterMs(pid, 2000)).toBeLessThan(2000)
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('keeps its host over a %s', async (signal) => {
    const parent = startParent('serve')
    const pid = (await parent.say('host')) as number
    await parent.say('ready')
    process.kill(pid, signal)
    // Ctrl-C: the whole group hears of it
    process.kill(-(parent.process.pid ?? 0), 'SIGINT')
    await parent.say('interrupted')
    expect(await parent.say('answer')).toHaveLength(4)
    expect(await parent.say('restarts')).toBe(0)
    await once(parent.process, 'exit')
    expect(isAlive(pid)).toBe(false)
  })
})

describe('a host that misbehaves', () => {
  test('is started twice where it aborts, and its last words are the reason', async () => {
    addon.install("process.stderr.write('loading\\nFATAL: this library wants another processor\\n'); process.abort()")
    const { backend, pids } = createSubject(native)
    await expect(backend.open()).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(/died by SIGABRT.*FATAL: this library wants another processor/),
    })
    expect(pids).toHaveLength(2)
  })

  test('keeps the end of what it writes, however much that is', async () => {
    addon.install(
      "console.error('a line of noise\\n'.repeat(2000)); console.error('fatal: the last one'); process.exit(7)",
    )
    const { backend } = createSubject(native)
    await expect(backend.open()).rejects.toThrow('exited with code 7; its last words: fatal: the last one')
  })

  test('says why before it ends where an error belongs to no request', async () => {
    addon.install("setImmediate(() => { throw new Error('a loose end') })")
    const link = forkHost(native)
    const replies: HostReply[] = []
    link.onReply((reply) => replies.push(reply))
    link.send({ id: 1, kind: 'open' })
    await new Promise<void>((resolve) => link.onExit(() => resolve()))
    expect(replies.at(-1)).toEqual({ kind: 'lost', reason: expect.stringContaining('a loose end') })
  })

  test('is killed within a second of close where it hangs', async () => {
    const sign = join(addon.cache, 'hangs')
    addon.install(`require('node:fs').writeFileSync(${JSON.stringify(sign)}, ''); for (;;);`)
    const { backend, pids } = createSubject(native)
    const opening = outcomeOf(backend.open())
    while (!existsSync(sign)) await sleep(10)
    const startedAt = performance.now()
    await backend.close()
    expect(performance.now() - startedAt).toBeGreaterThan(990)
    expect(opening.settled).toMatchObject({ code: 'CLOSED' })
    expect(isAlive(pids[0])).toBe(false)
  })

  test('is started without the debugger and the flags of this process', async () => {
    addon.install(
      'throw new Error(JSON.stringify([process.execArgv, process.env.NODE_OPTIONS, process.env.TF_NUM_INTRAOP_THREADS]))',
    )
    process.env['NODE_OPTIONS'] = '--inspect-brk=0 --no-warnings'
    onTestFinished(() => void delete process.env['NODE_OPTIONS'])
    const { backend } = createSubject(native)
    await expect(backend.open()).rejects.toThrow('[[],"--no-warnings","1"]')
  })
})
