// What doctor makes of backends that are missing, wrong, broken or silent: named, with what mends them, and never for long.
import { expect, test } from 'vitest'
import type { CandidateReport } from '../../../src/backend/choice/backend-choice.ts'
import type { NvidiaFinding } from '../../../src/backend/host/nvidia-cards.ts'
import type { BackendName } from '../../../src/backend/port.ts'
import type { BackendFinding } from '../../../src/cli/doctor/doctor-report.ts'
import { examineBackends, examineChoice, type ExamineOptions } from '../../../src/cli/doctor/examine-backends.ts'
import { createError } from '../../../src/errors.ts'
import type { ModelPredictor } from '../../../src/runtime/predictor.ts'

const heldOut: ExamineOptions['heldOut'] = {
  rows: [{ a: 1 }, { a: 2 }],
  truth: ['no', 'no'],
  expected: {
    predict: ['no', 'no'],
    predict_proba: [
      [0.75, 0.25],
      [0.5, 0.5],
    ],
  },
}

type Loaded = { readonly report?: Partial<CandidateReport>; readonly probabilities?: number[][]; readonly hang?: true }

/** A model per backend, or what loading it throws. */
function loadOf(given: Partial<Record<BackendName | 'auto', Loaded | Error>>, closed: string[] = []) {
  const load = (_files: unknown, { backend = 'auto' } = {}): Promise<ModelPredictor> => {
    const found = given[backend as BackendName] ?? notThere(backend as BackendName, { reason: 'not here' })
    if (found instanceof Error) return Promise.reject(found)
    if (found.hang === true) return new Promise(() => undefined)
    const probabilities = found.probabilities ?? [
      [0.75, 0.25],
      [0.5, 0.5],
    ]
    const model = {
      getHealth: () => ({
        backend: {
          picked: backend === 'auto' ? 'wasm' : backend,
          why: 'measured',
          candidates: [{ name: backend, available: true, right: true, reason: 'right', ...found.report }],
        },
      }),
      predict: () => Promise.resolve({ probabilities: probabilities[0] }),
      predictBatch: () => Promise.resolve(probabilities.map((row) => ({ probabilities: row }))),
      close: () => Promise.resolve(void closed.push(backend)),
    }
    return Promise.resolve(model as unknown as ModelPredictor)
  }
  return load as ExamineOptions['load'] & object
}

function notThere(name: BackendName, report: Partial<CandidateReport>, cause?: Error): Error {
  return createError('BACKEND_UNAVAILABLE', 'backend must answer', {
    details: { candidates: [{ name, available: false, ...report }] },
    cause,
  })
}

const noDriver: NvidiaFinding = {
  kind: 'none',
  problem: 'no-tool',
  text: 'nvidia-smi is not found',
  remedy: 'install it',
}
const card = { index: 0, name: 'H100', uuid: 'GPU-1', driverVersion: '560.35', isDivided: false }

function optionsOf(given: Partial<ExamineOptions>): ExamineOptions {
  return {
    files: {},
    heldOut,
    backendOptions: {},
    signal: new AbortController().signal,
    onBackend: () => undefined,
    findCards: () => Promise.resolve(noDriver),
    timeSizes: (name) => Promise.resolve(name === 'native' ? [{ rowCount: 1, microsPerRow: 2 }] : []),
    ...given,
  }
}

async function findingsOf(given: Partial<ExamineOptions>): Promise<Partial<Record<BackendName, BackendFinding>>> {
  const findings = await examineBackends(optionsOf(given))
  return Object.fromEntries(findings.map((finding) => [finding.name, finding]))
}

test('tells library, device, difference and times of a backend that is right', async () => {
  const closed: string[] = []
  const report = { device: 'CPU', library: 'TensorFlow 2.21.0' }
  const { native } = await findingsOf({
    load: loadOf(
      {
        native: {
          report,
          probabilities: [
            [0.75, 0.25],
            [0.501, 0.499],
          ],
        },
      },
      closed,
    ),
  })
  expect(native).toMatchObject({ isAvailable: true, isRight: true, finding: 'right', remedy: null, ...report })
  expect(native?.largestDifference).toBeCloseTo(0.001, 9)
  expect(native?.timings).toEqual([{ rowCount: 1, microsPerRow: 2 }])
  expect(native?.microsPerRow?.alone).toBeGreaterThanOrEqual(0)
  expect(closed).toEqual(['native'])
})

test('calls a backend wrong whose answers are, or that its self-check disqualifies', async () => {
  const reason = 'wrong on check row 3 in a batch of 7, output 0: got 1, expected 0'
  const { wasm, native } = await findingsOf({
    load: loadOf({
      wasm: {
        probabilities: [
          [0.75, 0.25],
          [0.1, 0.9],
        ],
      },
      native: notThere('native', { available: true, right: false, device: 'CPU', reason }),
    }),
  })
  expect(wasm).toMatchObject({ isAvailable: true, isRight: false, finding: 'wrong: a probability is off by 0.400' })
  expect(native).toMatchObject({ isAvailable: true, isRight: false, device: 'CPU', finding: reason, remedy: null })
})

test('says that a backend which is there fails', async () => {
  const load = loadOf({ webgpu: notThere('webgpu', { available: true, reason: 'shader 7 does not compile' }) })
  const { webgpu } = await findingsOf({ load })
  expect(webgpu).toMatchObject({ isAvailable: true, isRight: null, finding: 'fails: shader 7 does not compile' })
})

test('gives the command that installs what is missing, once', async () => {
  const remedy = 'npx tfjs-serving native install'
  const reason = `the native add-on is not installed; run ${remedy}`
  const { native, kernel } = await findingsOf({ load: loadOf({ native: notThere('native', { reason, remedy }) }) })
  expect(native).toMatchObject({ isAvailable: false, finding: 'the native add-on is not installed', remedy })
  expect(kernel).toMatchObject({ isAvailable: false, finding: 'not in this release: it comes in a later one' })
})

test('advises nobody without an NVIDIA driver to install the add-on for CUDA', async () => {
  const { cuda } = await findingsOf({
    load: loadOf({ cuda: notThere('cuda', { reason: 'not installed; run x', remedy: 'x' }) }),
  })
  expect(cuda).toMatchObject({ finding: 'no NVIDIA driver: nvidia-smi is not found', remedy: 'install it' })
})

test('names the card that waits for the add-on for CUDA', async () => {
  const { cuda } = await findingsOf({
    load: loadOf({ cuda: notThere('cuda', { reason: 'not installed; run x', remedy: 'x' }) }),
    findCards: () => Promise.resolve({ kind: 'cards', cards: [card] }),
  })
  expect(cuda).toMatchObject({ finding: 'not installed; there is H100 with driver 560.35', remedy: 'x' })
})

test('names a software adapter that was found and not used, and how to try it', async () => {
  const cause = (adapters: object[]) => createError('BACKEND_UNAVAILABLE', 'no adapter', { details: { adapters } })
  const report = { reason: 'no WebGPU adapter', remedy: 'install a driver' }
  const soft = { name: 'SwiftShader', kind: 'software' }
  const { webgpu } = await findingsOf({ load: loadOf({ webgpu: notThere('webgpu', report, cause([soft])) }) })
  expect(webgpu?.finding).toBe('no GPU; found and not used: SwiftShader (--software tries it)')
  expect(webgpu?.remedy).toBe('install a driver')
  const none = await findingsOf({ load: loadOf({ webgpu: notThere('webgpu', report, cause([])) }) })
  expect(none.webgpu?.finding).toBe('no WebGPU adapter')
})

test('gives a backend that hangs up at its deadline, and goes on with the others', async () => {
  const found = await findingsOf({ load: loadOf({ webgpu: { hang: true }, wasm: {} }), deadlineMs: 20 })
  expect(found.webgpu).toMatchObject({ isAvailable: false, finding: 'no answer within 0.02 s' })
  expect(found.wasm).toMatchObject({ isRight: true })
})

test('stops at once where the user wants to stop', async () => {
  const stop = new AbortController()
  const asked: string[] = []
  const examining = examineBackends(
    optionsOf({
      load: loadOf({ webgpu: { hang: true } }),
      signal: stop.signal,
      onBackend(name) {
        asked.push(name)
        if (name === 'webgpu') queueMicrotask(() => stop.abort(new Error('enough')))
      },
    }),
  )
  await expect(examining).rejects.toThrow('enough')
  expect(asked).toEqual(['cuda', 'webgpu'])
})

test('tells what auto picks and why, or why nothing', async () => {
  expect(await examineChoice(optionsOf({ load: loadOf({ auto: {} }) }))).toEqual({ picked: 'wasm', why: 'measured' })
  expect(await examineChoice(optionsOf({ load: loadOf({}) }))).toEqual({ picked: null, why: 'backend must answer' })
})
