// A serving model moves when its backend gives out: where to, what its choice says then, and what the log hears.
import { expect, test } from 'vitest'
import type { BackendEvent } from '../../../src/backend/choice/backend-event.ts'
import { selectBackend, type SelectedBackend } from '../../../src/backend/choice/select-backend.ts'
import type { BackendName } from '../../../src/backend/port.ts'
import { createError } from '../../../src/errors.ts'
import { artifact, createFake, createScriptedClock, type Fake, type FakeOptions, probe } from './fake-backends.ts'

type Given = Partial<Record<BackendName, FakeOptions & { readonly msPerRow?: number }>>

async function serve(given: Given, requested: BackendName | 'auto' = 'auto') {
  const clock = createScriptedClock()
  const fakes = {} as Record<BackendName, Fake>
  const script = {} as Record<BackendName, { fail?: Error }>
  const candidates = Object.entries(given).map(([key, { msPerRow = 0.01, ...options }]) => {
    const name = key as BackendName
    script[name] = {}
    const onRun = (): void => {
      if (script[name].fail !== undefined) throw script[name].fail
    }
    const mode = name === 'wasm' || name === 'cpu' ? 'sync' : 'async'
    fakes[name] = createFake(name, { clock, mode, onRun, runMs: (rowCount) => rowCount * msPerRow, ...options })
    return fakes[name].candidate
  })
  const events: BackendEvent[] = []
  const onEvent = (event: BackendEvent) => void events.push(event)
  const selected = await selectBackend({ artifact, requested, candidates, now: clock.now, onEvent })
  return { selected, fakes, script, events }
}

async function ask({ model }: SelectedBackend): Promise<number> {
  const { inputs, raw } = probe.batch({}, 1, () => 2)
  await model.run(inputs, 1, [raw])
  return raw.values[0]
}

const right = Math.fround(artifact.metadata.check.quantized[2][0] ?? NaN)
const full = createError('OUT_OF_MEMORY', 'the card is full')
const gone = createError('BACKEND_UNAVAILABLE', 'the host was lost too often')

test('goes on with the next fastest that was measured, checked again, and says so', async () => {
  const { selected, fakes, script, events } = await serve({
    webgpu: { msPerRow: 0.01 },
    native: { msPerRow: 0.03 },
    wasm: { msPerRow: 0.02 },
  })
  expect(selected.choice.picked).toBe('webgpu')
  script.webgpu.fail = full
  expect(await ask(selected)).toBe(right)
  expect(selected.choice).toMatchObject({
    picked: 'wasm',
    movedFrom: 'webgpu',
    why: 'moved from webgpu to wasm: OUT_OF_MEMORY, the card is full',
  })
  expect(selected.choice.candidates[0].reason).toBe('left for wasm: OUT_OF_MEMORY, the card is full')
  expect(selected.choice.candidates[2]).toMatchObject({ right: true, timings: expect.any(Array) as unknown[] })
  expect(fakes.wasm.counts).toEqual({ opened: 2, loaded: 2, disposed: 1 })
  expect(fakes.webgpu.counts.disposed).toBe(1)
  expect(events).toEqual([
    { kind: 'moved', from: 'webgpu', to: 'wasm', why: 'moved from webgpu to wasm: OUT_OF_MEMORY, the card is full' },
  ])
})

test('tries what nobody asked before, in the preferred order, passing over what is not there or wrong', async () => {
  const { selected, script, events } = await serve({
    cuda: {},
    webgpu: { missing: createError('BACKEND_UNAVAILABLE', 'no adapter') },
    native: { answer: (value) => value + 1 },
    wasm: {},
    cpu: {},
  })
  script.cuda.fail = gone
  expect(await ask(selected)).toBe(right)
  expect(selected.choice).toMatchObject({ picked: 'wasm', movedFrom: 'cuda' })
  expect(selected.choice.candidates.map(({ available, right: isRight }) => [available, isRight])).toEqual([
    [true, true],
    [false, undefined],
    [true, false],
    [true, true],
    [true, undefined],
  ])
  expect(events.map(({ kind }) => kind)).toEqual(['disqualified', 'moved'])
})

test('keeps the name of the backend that it was started on through a second move', async () => {
  const { selected, script } = await serve({ cuda: {}, webgpu: {}, native: {} })
  script.cuda.fail = gone
  await ask(selected)
  script.webgpu.fail = full
  expect(await ask(selected)).toBe(right)
  expect(selected.choice).toMatchObject({
    picked: 'native',
    movedFrom: 'cuda',
    why: 'moved from webgpu to native: OUT_OF_MEMORY, the card is full',
  })
})

test('gives the error where nothing is left, and tells the log once', async () => {
  const { selected, script, events } = await serve({ cuda: {}, native: { missing: gone } })
  script.cuda.fail = full
  await expect(ask(selected)).rejects.toBe(full)
  await expect(ask(selected)).rejects.toBe(full)
  expect(events).toEqual([{ kind: 'stranded', name: 'cuda', cause: full }])
  expect(selected.choice).not.toHaveProperty('movedFrom')
})

test('never moves a model whose backend was asked for by name', async () => {
  const { selected, script, events, fakes } = await serve({ cuda: {}, wasm: {} }, 'cuda')
  script.cuda.fail = full
  await expect(ask(selected)).rejects.toBe(full)
  expect([events, fakes.wasm.counts.opened]).toEqual([[], 0])
})

test.each<BackendName | 'auto'>(['auto', 'webgpu'])(
  'tells of restarts of the backend that %s gave',
  async (requested) => {
    const { selected, events, fakes } = await serve({ webgpu: {} }, requested)
    expect(selected.choice).not.toHaveProperty('restartCount')
    fakes.webgpu.health.restartCount = 1
    fakes.webgpu.health.lastLoss = 'device destroyed'
    await ask(selected)
    await ask(selected)
    expect(events).toEqual([{ kind: 'restarted', name: 'webgpu', count: 1, reason: 'device destroyed' }])
    expect(selected.choice).toMatchObject({ restartCount: 1, lastLoss: 'device destroyed' })
  },
)

test('tells of a restart although the batch failed', async () => {
  const { selected, events, script, fakes } = await serve({ webgpu: {} }, 'webgpu')
  fakes.webgpu.health.restartCount = 2
  script.webgpu.fail = gone
  await expect(ask(selected)).rejects.toBe(gone)
  expect(events).toMatchObject([{ kind: 'restarted', count: 2, reason: 'unknown reason' }])
})

test('tells once that a backend is away, and that it is back', async () => {
  const { selected, events, script, fakes } = await serve({ webgpu: {} }, 'webgpu')
  const { health } = fakes.webgpu
  health.restartCount = 3
  health.outage = 'lost too often'
  script.webgpu.fail = gone
  for (let batch = 0; batch < 3; batch++) {
    await expect(ask(selected)).rejects.toBe(gone)
    // tried, and lost again
    health.restartCount++
  }
  expect(selected.choice).toMatchObject({ picked: 'webgpu', outage: 'lost too often' })
  expect(events).toEqual([{ kind: 'out', name: 'webgpu', cause: 'lost too often' }])
  delete health.outage
  delete script.webgpu.fail
  await ask(selected)
  expect(events.slice(1)).toMatchObject([{ kind: 'restarted', name: 'webgpu', count: 6 }])
  expect(selected.choice).not.toHaveProperty('outage')
})

test('serves again by auto where every backend was gone and the last one is back', async () => {
  const { selected, events, script } = await serve({ cuda: {}, webgpu: {}, native: {} })
  for (const name of ['cuda', 'webgpu', 'native'] as const) script[name].fail = gone
  for (let batch = 0; batch < 3; batch++) await expect(ask(selected)).rejects.toBe(gone)
  expect(events.map(({ kind }) => kind)).toEqual(['disqualified', 'disqualified', 'stranded'])
  script.native.fail = undefined
  delete script.cuda.fail
  expect(await ask(selected)).toBe(right)
})

test('leaves a model of this process synchronous', async () => {
  expect((await serve({ wasm: {} })).selected.model.mode).toBe('sync')
})
