// Which backend a model gets: CUDA, else the fastest of those that are right, else cpu, or the named one alone.
import { expect, test } from 'vitest'
import type { BackendEvent } from '../../../src/backend/choice/backend-event.ts'
import { type Candidate, createCandidates } from '../../../src/backend/choice/candidates.ts'
import { selectBackend } from '../../../src/backend/choice/select-backend.ts'
import type { BackendName } from '../../../src/backend/port.ts'
import { createError } from '../../../src/errors.ts'
import { artifact, createFake, createScriptedClock, type Fake, type FakeOptions } from './fake-backends.ts'

/** Names with milliseconds a row, or with what else a fake takes. */
type Given = Partial<Record<BackendName, number | FakeOptions>>

async function select(given: Given, requested: BackendName | 'auto' = 'auto', isTimed = true) {
  const clock = createScriptedClock()
  const fakes = {} as Record<BackendName, Fake>
  const candidates = Object.entries(given).map(([key, value]) => {
    const name = key as BackendName
    const options = typeof value === 'number' ? { runMs: (rowCount: number) => rowCount * value } : value
    fakes[name] = createFake(name, { clock, runMs: (rowCount) => rowCount * 0.01, ...options })
    return fakes[name].candidate
  })
  const events: BackendEvent[] = []
  const onEvent = (event: BackendEvent) => void events.push(event)
  const timing = isTimed ? { now: clock.now } : {}
  const { choice } = await selectBackend({ artifact, requested, candidates, onEvent, ...timing })
  return { choice, fakes, events, clock }
}

const missing = { missing: createError('BACKEND_UNAVAILABLE', 'not installed', { details: { remedy: 'npm i it' } }) }
const wrong = { answer: (value: number) => value + 1 }
const breaks = {
  onRun: () => {
    throw createError('EXECUTION_FAILED', 'broke')
  },
}

test('takes cuda where it is there and right, and tries nothing else', async () => {
  const { choice, fakes } = await select({ cuda: 1, webgpu: 0.001, native: 0.001, wasm: 0.001, cpu: 1 })
  expect(choice).toMatchObject({ picked: 'cuda', why: expect.stringMatching(/^cuda is there and right/) as string })
  expect(choice.candidates.slice(1).map(({ reason }) => reason)).toEqual(
    new Array<string>(4).fill('not tried: cuda comes first'),
  )
  expect([fakes.webgpu, fakes.native, fakes.wasm, fakes.cpu].map(({ counts }) => counts.opened)).toEqual([0, 0, 0, 0])
})

test('believes no cuda that computes on the CPU', async () => {
  const { choice } = await select({ cuda: { facts: { kind: 'cpu', name: 'Xeon' } }, wasm: 0.01 })
  expect(choice.picked).toBe('wasm')
  expect(choice.candidates[0]).toMatchObject({ available: false, reason: expect.stringContaining('Xeon') as string })
})

test.each<[BackendName, Given]>([
  ['webgpu', { webgpu: 0.01, native: 0.02, wasm: 0.03 }],
  ['native', { webgpu: 0.02, native: 0.01, wasm: 0.03 }],
  ['wasm', { webgpu: 0.02, native: 0.03, wasm: 0.01 }],
])('takes %s where it is the fastest that is right, and gives the others back', async (fastest, given) => {
  const { choice, fakes } = await select({ cuda: missing, ...given, cpu: 0.001 })
  expect(choice.picked).toBe(fastest)
  expect(choice.why).toMatch(new RegExp(`^the fastest that is right \\(µs a row, .* 64, 512: ${fastest} 10\\.0, `))
  const losers = (['webgpu', 'native', 'wasm'] as const).filter((name) => name !== fastest)
  expect(losers.map((name) => fakes[name].counts)).toEqual([
    { opened: 1, loaded: 1, disposed: 1 },
    { opened: 1, loaded: 1, disposed: 1 },
  ])
  expect(fakes[fastest].counts.disposed).toBe(0)
  expect(fakes.cpu.counts.opened).toBe(0)
  expect(choice.candidates[4].reason).toBe(`not tried: ${fastest} comes first`)
})

test('weighs all batch sizes, not the largest alone', async () => {
  const hosted = { runMs: (rowCount: number) => 0.2 + rowCount * 0.001 }
  const { choice } = await select({ native: hosted, wasm: 0.002 })
  const micros = choice.candidates.map(({ timings = [] }) =>
    timings.flatMap(({ rowCount, microsPerRow }) => ([6, 7].includes(rowCount) ? [] : [Math.round(microsPerRow)])),
  )
  expect(micros).toEqual([
    [201, 26, 4, 1],
    [2, 2, 2, 2],
  ])
  expect(choice.picked).toBe('wasm')
})

test('lets no hopeless candidate blur what decides between the others', async () => {
  const hosted = { runMs: (rowCount: number) => 0.2 + rowCount * 0.001 }
  const { choice } = await select({ webgpu: { runMs: () => 250 }, native: hosted, wasm: 0.05 })
  expect(choice.candidates[0].timings?.map(({ rowCount }) => rowCount)).toEqual([1, 6, 7, 13])
  expect(choice.picked).toBe('native')
})

test('lets the preferred order decide within a tenth', async () => {
  const { choice } = await select({ webgpu: 0.0109, native: 0.0105, wasm: 0.01 })
  expect(choice.picked).toBe('webgpu')
  expect(choice.why).toMatch(/^within 10 % of the fastest that is right, and first in the preferred order/)
  expect((await select({ webgpu: 0.0112, native: 0.0105, wasm: 0.01 })).choice.picked).toBe('native')
  expect((await select({ native: 0.0112, wasm: 0.01 })).choice.picked).toBe('wasm')
})

test('measures a slow model at the sizes that fit into a budget', async () => {
  const { choice, clock } = await select({ native: 3, wasm: 2 })
  expect(choice.picked).toBe('wasm')
  expect(choice.candidates.map(({ timings = [] }) => timings.map(({ rowCount }) => rowCount))).toEqual([
    [1, 6, 7, 8, 66],
    [1, 6, 7, 8, 64, 100],
  ])
  expect(clock.now()).toBeLessThan(2 * 900)
})

test('tells what each candidate computes on, and what its batches cost', async () => {
  const { choice } = await select({
    cuda: missing,
    webgpu: { runMs: () => 0.064, facts: { name: 'RTX', driver: '560' } },
    wasm: 0.1,
  })
  expect(choice.candidates[0]).toEqual({
    name: 'cuda',
    available: false,
    remedy: 'npm i it',
    reason: 'not installed',
  })
  expect(choice.candidates[1]).toMatchObject({
    name: 'webgpu',
    available: true,
    right: true,
    device: 'RTX, driver 560',
    library: 'libwebgpu 1.0',
    microsPerRow: expect.closeTo(0.125, 6) as number,
    reason: 'right on all 6 check rows in batches of 1, 7, 6 and 512, which answer exactly as each row alone',
  })
})

test('spends no time on numbers where there is nothing to decide: the check has some', async () => {
  const { choice, fakes } = await select({ cuda: missing, webgpu: missing, native: missing, wasm: 0.05, cpu: 1 })
  expect(choice.picked).toBe('wasm')
  expect(choice.why).toBe(
    'the only one of webgpu, native and wasm that is there and right: 50.0 µs a row in batches of 512',
  )
  expect(choice.candidates[3].timings?.map(({ rowCount }) => rowCount)).toEqual([1, 6, 7, 512])
  expect(fakes.wasm.batches).toHaveLength(9)
})

test('takes cpu where nothing else is right', async () => {
  const { choice } = await select({ cuda: missing, webgpu: missing, native: breaks, wasm: wrong, cpu: 0.1 })
  expect(choice.picked).toBe('cpu')
  expect(choice.why).toMatch(/^the last resort, nothing else is there and right/)
})

const faults: readonly (readonly [string, FakeOptions, RegExp, Partial<Record<'available' | 'right', boolean>>])[] = [
  ['answers wrongly', wrong, /^wrong on check row/, { available: true, right: false }],
  ['is not there', missing, /^not installed$/, { available: false }],
  ['breaks', breaks, /^broke$/, { available: true }],
  [
    'answers a large batch wrongly',
    { answer: (value, { i, rowCount }) => value + (rowCount === 512 && i === 300 ? 1 : 0) },
    /in a batch of 512/,
    { right: false },
  ],
  [
    'breaks only while it is timed',
    {
      onRun: (rowCount) => {
        if (rowCount === 8) throw createError('OUT_OF_MEMORY', 'full')
      },
    },
    /^full$/,
    { available: true },
  ],
]

test.each(faults)('passes on to the next where one %s, and names it', async (_, options, reason, report) => {
  const { choice, fakes, events } = await select({ native: options, wasm: 0.1 })
  expect(choice.picked).toBe('wasm')
  expect(choice.candidates[0]).toMatchObject({ name: 'native', ...report })
  expect(choice.candidates[0].right).not.toBe(true)
  expect(choice.candidates[0].reason).toMatch(reason)
  expect(fakes.native.counts.disposed).toBe(fakes.native.counts.loaded)
  const isThere = choice.candidates[0].available
  expect(events.map(({ kind, ...rest }) => [kind, 'name' in rest && rest.name])).toEqual(
    isThere ? [['disqualified', 'native']] : [],
  )
})

test('lets the order decide without a clock', async () => {
  const { choice, fakes } = await select({ webgpu: missing, native: 9, wasm: 0.001 }, 'auto', false)
  expect(choice.picked).toBe('native')
  expect(choice.why).toBe('the first of the preferred order that is there and right')
  expect(choice.candidates[1]).not.toHaveProperty('timings')
  expect(fakes.wasm.counts.opened).toBe(0)
})

test('takes a named backend, and tries no other', async () => {
  const { choice, fakes } = await select({ cuda: 0.01, native: 9, wasm: 0.01 }, 'native')
  expect(choice).toMatchObject({ picked: 'native', why: 'asked for by name', candidates: [{ name: 'native' }] })
  expect([fakes.cuda.counts.opened, fakes.wasm.counts.opened]).toEqual([0, 0])
})

test('gives real models to wasm where nobody installed anything else', async () => {
  const candidates = createCandidates().map(
    (candidate): Candidate =>
      candidate.name === 'wasm' || candidate.name === 'cpu'
        ? candidate
        : { name: candidate.name, unavailable: 'not installed' },
  )
  const { model, choice } = await selectBackend({ artifact, requested: 'auto', candidates })
  model.dispose()
  expect(choice.picked).toBe('wasm')
  expect(choice.candidates.map(({ name, available }) => [name, available])).toEqual([
    ['cuda', false],
    ['webgpu', false],
    ['native', false],
    ['wasm', true],
    ['cpu', true],
    ['kernel', false],
  ])
  expect(choice.candidates[3]).toMatchObject({ right: true, device: 'this process, one thread' })
})

const refused: readonly (readonly [string, BackendName | 'auto', Given, string])[] = [
  ['is not there', 'cuda', { cuda: missing, wasm: 1 }, "run npm i it, or ask for one of 'auto', wasm"],
  ['answers wrongly', 'wasm', { wasm: wrong, cpu: 1 }, 'wasm: wrong on check row'],
  ['is not in the list', 'native', { wasm: 1 }, 'no such backend'],
  ['fails, as all others', 'auto', { wasm: wrong, cpu: missing }, 'convert the model again'],
]

test.each(refused)('refuses a backend that %s, with the way out', async (_, requested, given, text) => {
  await expect(select(given, requested)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining(text) as string,
  })
})

test('says once what would mend a backend that is not there', async () => {
  const remedy = 'npm i it'
  const installable = createError('BACKEND_UNAVAILABLE', `not installed; run ${remedy}`, { details: { remedy } })
  await expect(select({ cuda: { missing: installable }, wasm: 1 }, 'cuda')).rejects.toMatchObject({
    message: expect.stringMatching(/^(?!.*npm i it.*npm i it).*; run npm i it; ask for one of 'auto', wasm$/) as string,
    details: { remedy },
  })
})

test('verifies the regions before any backend sees them', async () => {
  const regions = { regions: [{ kind: 'input', width: 0 }], output: [] }
  const hostile = { ...artifact, metadata: { ...artifact.metadata, regions } }
  const { candidate, counts } = createFake('wasm')
  const attempt = selectBackend({ artifact: hostile, requested: 'auto', candidates: [candidate] })
  await expect(attempt).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  expect(counts.opened).toBe(0)
})
