// Real threads and processes that are killed, stop, run out of memory or never return: what callers of a registry get.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Worker, WorkerOptions } from 'node:worker_threads'
import { afterAll, afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { isMLError, type MLError } from '../../src/errors.ts'
import type { Prediction } from '../../src/rows/prediction.ts'
import type { RegistryOptions } from '../../src/runtime/options.ts'
import { closeBackends } from '../../src/runtime/process-candidates.ts'
import { isPrediction, type ModelPredictor } from '../../src/runtime/predictor.ts'
import { artifactFiles, heldOut, temporaryModelsDir } from '../helpers/artifacts.ts'
import { createRegistry } from '../helpers/registries.ts'
import { createStandInAddon, plainAddon } from '../helpers/stand-in-addon.ts'

const saboteur = new URL('backend-saboteur.mjs', import.meta.url).href

/** Every thread and process that hosts were given, living or not. */
const made = vi.hoisted(() => ({ threads: [] as Worker[], children: [] as ChildProcess[], lastGoneAt: 0 }))

vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<{ Worker: typeof Worker }>()
  return {
    ...original,
    Worker: class extends original.Worker {
      constructor(file: string | URL, options: WorkerOptions) {
        // a heap that is full within a second
        const resourceLimits = { maxOldGenerationSizeMb: 96 }
        super(file, { ...options, execArgv: ['--import', saboteur], resourceLimits })
        made.threads.push(this)
        this.once('exit', () => (made.lastGoneAt = performance.now()))
      }
    },
  }
})
vi.mock('node:child_process', async (importOriginal) => {
  const original = await importOriginal<{ fork: (...all: unknown[]) => ChildProcess }>()
  return {
    ...original,
    fork(...all: unknown[]) {
      const child = original.fork(...all)
      made.children.push(child)
      child.once('exit', () => (made.lastGoneAt = performance.now()))
      return child
    },
  }
})

const isBuilt = existsSync(new URL('../../dist/src/backend/host/thread-main.js', import.meta.url))
const addon = createStandInAddon()
const faults = mkdtempSync(join(tmpdir(), 'tfjs-serving-faults-'))
const environment = { ...process.env }
const loose: unknown[] = []
const keepLoose = (reason: unknown): void => void loose.push(reason)
process.on('unhandledRejection', keepLoose)

/** What this process holds that could leak beside threads and children: channels, what keeps it alive, and listeners on itself. */
function heldNow(): Record<string, number> {
  const held: Record<string, number> = {
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  }
  // vitest has a timer or none
  for (const kind of process.getActiveResourcesInfo()) if (kind !== 'Timeout') held[kind] = (held[kind] ?? 0) + 1
  return held
}

let heldBefore: Record<string, number> = {}

beforeEach(({ skip }) => {
  skip(!isBuilt, 'dist is not built: run npm run build')
  addon.install(plainAddon)
  process.env['TFJS_SERVING_CACHE'] = addon.cache
  process.env['TFJS_SERVING_TEST_FAULTS'] = faults
  heldBefore = heldNow()
  process.env['NODE_OPTIONS'] = `--import ${saboteur} --max-old-space-size=96`
})
afterEach(async () => {
  for (const fault of readdirSync(faults)) rmSync(join(faults, fault))
  await closeBackends()
  expect(livingThreads()).toEqual([])
  expect(livingChildren()).toEqual([])
  expect(loose).toEqual([])
  // a handle is closed a turn after its process or thread is gone
  await vi.waitFor(() => expect(heldNow()).toEqual(heldBefore))
  made.threads.length = 0
  made.children.length = 0
})
afterAll(() => {
  process.off('unhandledRejection', keepLoose)
  process.env = environment
  addon.remove()
  rmSync(faults, { recursive: true })
})

const { rows, expected } = heldOut('telco_churn')
const backends = ['wasm', 'native'] as const
type Hosted = (typeof backends)[number]

let faultCount = 0
let firstStartMs = 0

/** The next run on any host commits it; `always` every run until it is taken back. */
function leave(fault: string, often: 'once' | 'always' = 'once'): () => void {
  const path = join(faults, `${often === 'always' ? often : ++faultCount}-${fault}`)
  writeFileSync(path, '')
  return () => rmSync(path, { force: true })
}

function livingThreads(): Worker[] {
  return made.threads.filter(({ threadId }) => threadId !== -1)
}

function livingChildren(): ChildProcess[] {
  return made.children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
}

/** telco_churn in a folder of its own; with its rule where `withRule`. */
async function serve(backend: Hosted, options: Partial<RegistryOptions> & { withRule?: boolean } = {}) {
  const { withRule = false, ...serving } = options
  const dir = temporaryModelsDir()
  if (withRule) dir.addService('telco_churn')
  dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn', '1.0.0', true))
  const registry = createRegistry(dir, { backend, execution: { workers: 2 }, caching: false, ...serving })
  const startedAt = performance.now()
  const predictor = await registry.getModelPredictor('telco_churn')
  firstStartMs = performance.now() - startedAt
  expect(livingThreads()).toHaveLength(backend === 'wasm' ? 2 : 0)
  expect(livingChildren()).toHaveLength(backend === 'native' ? 1 : 0)
  const countRestarts = (): number => predictor.getHealth().backend?.restartCount ?? 0
  // hosts are shared by all models of a process, and so is their count
  const before = countRestarts()
  return { registry, predictor, restartsSince: () => countRestarts() - before }
}

type Outcome = Prediction | MLError

/** Callers of single rows, who come a few at a time, beside one of many rows; each with what they got. */
async function callAll(predictor: ModelPredictor, callerCount = 200): Promise<Outcome[]> {
  const outcomes: Promise<Outcome>[] = []
  const batch = predictor.predictBatch(rows.slice(0, 100))
  for (let i = 0; i < callerCount; i++) {
    outcomes.push(predictor.predict(rows[i]).catch((error: unknown) => error as MLError))
    if (i % 20 === 19) await sleep(5)
  }
  const all = await Promise.all(outcomes)
  const many = await batch
  ;[...many, ...all].forEach((outcome, i) => {
    if (!isMLError(outcome) && outcome.source === 'model')
      expect(outcome.label).toBe(expected.predict[i < many.length ? i : i - many.length])
    else expect(isMLError(outcome) || outcome.source === 'fallback').toBe(true)
  })
  return [...many, ...all]
}

/** Answers of the model, not of a rule, from a pool of which nothing is missing; since the last host was gone. */
async function wholeAfterMs(backend: Hosted, predictor: ModelPredictor): Promise<number> {
  for (;;) {
    const entries = await predictor.predictBatch(rows.slice(0, 50))
    const isAnswered = entries.every((entry) => isPrediction(entry) && entry.source === 'model')
    const isWhole = backend === 'wasm' ? livingThreads().length === 2 : livingChildren().length === 1
    if (isAnswered && isWhole) break
    await sleep(10)
  }
  return performance.now() - made.lastGoneAt
}

/** 2 s where the model was loaded within half a second; a machine that has ten times as much to do gets more. */
function wholeLimitMs(): number {
  return Math.max(2000, 4 * firstStartMs)
}

/** `heap`: V8's is full; `wasm`: that of WebAssembly; `rejection`: a promise that nobody holds. */
const crashes: readonly [Hosted, string][] = [
  ['wasm', 'heap'],
  ['wasm', 'wasm'],
  ['wasm', 'exit'],
  ['wasm', 'throw'],
  ['wasm', 'rejection'],
  ['native', 'heap'],
  ['native', 'abort'],
  ['native', 'exit'],
  ['native', 'throw'],
  ['native', 'rejection'],
]

test.for(crashes)('a host of %s that ends by itself in mid-batch (%s) costs no answer', async ([backend, fault]) => {
  const { predictor, restartsSince } = await serve(backend)
  leave(fault)
  const outcomes = await callAll(predictor)
  expect(outcomes.filter(isMLError)).toEqual([])
  expect(await wholeAfterMs(backend, predictor)).toBeLessThan(wholeLimitMs())
  expect(restartsSince()).toBe(1)
})

test.for(backends)('hosts of %s that are killed in mid-batch cost no answer', async (backend) => {
  const { predictor } = await serve(backend)
  leave('doze')
  const calling = callAll(predictor)
  await sleep(100)
  for (const thread of livingThreads()) void thread.terminate()
  for (const child of livingChildren()) child.kill('SIGKILL')
  const outcomes = await calling
  expect(outcomes.filter(isMLError)).toEqual([])
  expect(await wholeAfterMs(backend, predictor)).toBeLessThan(wholeLimitMs())
})

const hangs: readonly [Hosted, string][] = [
  ['wasm', 'loop'],
  ['native', 'loop'],
  ['native', 'stop'],
]

test.for(hangs)('a host of %s that hangs (%s) past the time budget fails its batch alone', async ([backend, fault]) => {
  const { predictor, restartsSince } = await serve(backend, { timeBudgetMs: 600, batching: { maxRows: 32 } })
  leave(fault)
  const outcomes = await callAll(predictor)
  const late = outcomes.filter(isMLError)
  expect(late.length).toBeGreaterThan(0)
  expect(late.length).toBeLessThanOrEqual(32)
  for (const { code, details } of late) expect([code, details['timeBudgetMs']]).toEqual(['EXECUTION_FAILED', 600])
  expect(await wholeAfterMs(backend, predictor)).toBeLessThan(wholeLimitMs())
  expect(restartsSince()).toBe(1)
})

test.for(backends)('a rule answers where a host of %s hangs, and the model after it', async (backend) => {
  const { predictor } = await serve(backend, { timeBudgetMs: 600, withRule: true })
  leave('loop')
  const outcomes = await callAll(predictor)
  expect(outcomes.filter(isMLError)).toEqual([])
  expect(outcomes.some((outcome) => !isMLError(outcome) && outcome.source === 'fallback')).toBe(true)
  expect(await wholeAfterMs(backend, predictor)).toBeLessThan(wholeLimitMs())
})

test.for(backends)('a batch that ends two hosts of %s is no third one’s', async (backend) => {
  const { predictor, restartsSince } = await serve(backend)
  const takeBack = leave('exit', 'always')
  onTestFinished(takeBack)
  await expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  takeBack()
  expect(await wholeAfterMs(backend, predictor)).toBeLessThan(wholeLimitMs())
  expect(restartsSince()).toBe(2)
})

/** Lines of backend-user.mjs, and how long it lived after the last one. */
async function watchUser(backend: Hosted, ending: 'close' | 'forget' | 'hang') {
  const dir = temporaryModelsDir()
  dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn'))
  const start = { folder: join(dir.path, 'telco_churn/versions/1.0.0'), backend, row: rows[0], ending }
  const script = fileURLToPath(new URL('backend-user.mjs', import.meta.url))
  const user = spawn(process.execPath, [script, JSON.stringify(start)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void user.kill('SIGKILL'))
  const lines: string[] = []
  const seen = new Set<number>()
  const look = (): void => {
    if (user.exitCode === null) for (const host of childrenOf(user.pid)) seen.add(host)
  }
  // all the time it lives: it may be over before its first line is read here
  const watching = setInterval(look, 25)
  let doneAt = 0
  for await (const line of createInterface({ input: user.stdout })) {
    lines.push(line)
    if (line === 'done') doneAt = performance.now()
  }
  clearInterval(watching)
  const hosts = [...seen]
  if (user.exitCode === null) await once(user, 'exit')
  return { lines, hosts, exitCode: user.exitCode, idleMs: performance.now() - doneAt }
}

/** None of a process that is gone. */
function childrenOf(pid: number | undefined): number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  return existsSync(path) ? readFileSync(path, 'latin1').split(' ').filter(Boolean).map(Number) : []
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

const endings: readonly [Hosted, 'close' | 'forget' | 'hang', readonly string[]][] = [
  ['wasm', 'close', []],
  ['native', 'close', []],
  ['wasm', 'forget', []],
  ['native', 'forget', []],
  ['wasm', 'hang', ['CLOSED']],
  ['native', 'hang', ['CLOSED']],
]

test.for(endings)('hosts of %s do not keep a program alive (%s), nor outlive it', async ([backend, ending, said]) => {
  const { lines, hosts, exitCode, idleMs } = await watchUser(backend, ending)
  expect(lines).toEqual([expected.predict[0], ...said, 'done'])
  expect(exitCode).toBe(0)
  // far from the five seconds that an idle host lingers, and from the time budget of a run
  expect(idleMs).toBeLessThan(3000)
  expect(hosts).toHaveLength(backend === 'native' ? 1 : 0)
  await vi.waitFor(() => expect(hosts.filter(isAlive)).toEqual([]), { timeout: 2000 })
})
