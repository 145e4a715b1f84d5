// What an earlier process measured spares this one: which graphs are loaded then, and when the numbers are not believed.
import { expect, test } from 'vitest'
import { selectBackend } from '../../../src/backend/choice/select-backend.ts'
import type { Tuning, TuningStore } from '../../../src/backend/choice/tuning.ts'
import type { BackendName } from '../../../src/backend/port.ts'
import { createError } from '../../../src/errors.ts'
import {
  artifact,
  bareArtifact,
  createFake,
  createScriptedClock,
  type Fake,
  type FakeOptions,
} from './fake-backends.ts'

type Given = Partial<Record<BackendName, FakeOptions>>

function createFakeStore(): [TuningStore, Map<string, Tuning>, string[]] {
  const entries = new Map<string, Tuning>()
  const calls: string[] = []
  const store: TuningStore = {
    read(key) {
      calls.push('read')
      return Promise.resolve(entries.get(key))
    },
    write(key, tuning) {
      calls.push('write')
      // as a file would
      entries.set(key, JSON.parse(JSON.stringify(tuning)) as Tuning)
      return Promise.resolve()
    },
  }
  return [store, entries, calls]
}

async function load(given: Given, store: TuningStore, { settings = '', from = artifact } = {}) {
  const clock = createScriptedClock()
  const fakes = {} as Record<BackendName, Fake>
  const candidates = Object.entries(given).map(([key, options]) => {
    const name = key as BackendName
    fakes[name] = createFake(name, { clock, ...options })
    return fakes[name].candidate
  })
  const tunings = { store, settings }
  const { choice } = await selectBackend({ artifact: from, requested: 'auto', candidates, now: clock.now, tunings })
  return { choice, fakes }
}

const perRow = (ms: number): FakeOptions => ({ runMs: (rowCount) => rowCount * ms })
const kernel = perRow(0.01)
const slow = perRow(0.02)
/** Faster than the kernel from some dozens of rows on. */
const wide: FakeOptions = { runMs: (rowCount) => 0.2 + rowCount * 0.001 }
const missing: FakeOptions = { missing: createError('BACKEND_UNAVAILABLE', 'not installed') }

test('loads no graph where the kernel won before, and says so with the numbers', async () => {
  const [store, , calls] = createFakeStore()
  const first = await load({ webgpu: missing, native: slow, kernel }, store)
  const second = await load({ webgpu: missing, native: slow, kernel }, store)
  expect(calls).toEqual(['read', 'write', 'read'])
  expect(first.fakes.native.counts).toEqual({ opened: 1, loaded: 1, disposed: 1 })
  expect([second.fakes.native, second.fakes.webgpu].map(({ counts }) => counts.opened)).toEqual([0, 0])
  expect(second.fakes.kernel.counts).toEqual({ opened: 1, loaded: 1, disposed: 0 })
  expect(second.choice.picked).toBe('kernel')
  expect(second.choice.why).toBe(`timed before on this machine: ${first.choice.why}`)
  expect(second.choice.candidates).toMatchObject([
    { name: 'webgpu', available: false, reason: expect.stringContaining('before on this machine') as string },
    { name: 'native', available: true, reason: 'not loaded: timed before on this machine' },
    { name: 'kernel', right: true },
  ])
  expect(second.choice.candidates[1].timings).toEqual(first.choice.candidates[1].timings)
})

test('checks the kernel all the same', async () => {
  const [store] = createFakeStore()
  await load({ native: slow, kernel }, store)
  const { choice } = await load({ native: slow, kernel: { ...kernel, answer: (value) => value + 1 } }, store)
  expect(choice).toMatchObject({ picked: 'native' })
})

test('loads the one graph that won large batches, checks it, and does not time it again', async () => {
  const [store, , calls] = createFakeStore()
  const given = { webgpu: slow, native: wide, kernel }
  const first = await load(given, store)
  const second = await load(given, store)
  expect(first.choice).toMatchObject({ picked: 'native', kernelMaxRows: 23 })
  expect(second.choice).toMatchObject({ picked: 'native', kernelMaxRows: 23 })
  expect(second.fakes.webgpu.counts.opened).toBe(0)
  expect(second.fakes.native.counts).toEqual({ opened: 1, loaded: 1, disposed: 0 })
  expect(second.fakes.native.batches.length).toBeLessThan(first.fakes.native.batches.length)
  expect(second.choice.candidates[1]).toMatchObject({ right: true, timings: first.choice.candidates[1].timings })
  expect(calls).toEqual(['read', 'write', 'read'])
})

test('asks all graphs again where the one that won is gone or wrong', async () => {
  for (const now of [missing, { ...wide, answer: (value: number) => value + 1 }]) {
    const [store, , calls] = createFakeStore()
    await load({ webgpu: slow, native: wide, kernel }, store)
    const { choice, fakes } = await load({ webgpu: slow, native: now, kernel }, store)
    expect(choice.picked).toBe('kernel')
    expect(choice.why).not.toContain('timed before')
    expect(fakes.webgpu.counts.opened).toBe(1)
    expect(calls).toEqual(['read', 'write', 'read', 'write'])
  }
})

test.each([0.004, 0.03])('believes nothing where the kernel takes %f ms a row in place of 0.01', async (ms) => {
  const [store, , calls] = createFakeStore()
  await load({ native: slow, kernel }, store)
  const { fakes } = await load({ native: slow, kernel: perRow(ms) }, store)
  expect(fakes.native.counts.opened).toBe(1)
  expect(calls).toEqual(['read', 'write', 'read', 'write'])
})

test('keeps apart what may answer differently: model, settings, backends', async () => {
  const [store, entries] = createFakeStore()
  const given = { native: slow, kernel }
  await load(given, store)
  await load(given, store, { settings: 'two threads' })
  await load({ webgpu: missing, ...given }, store)
  expect(entries.size).toBe(3)
  await load(given, store)
  expect(entries.size).toBe(3)
})

test('asks nothing of the store where no graph could be faster, or there is no kernel', async () => {
  const [store, , calls] = createFakeStore()
  await load({ native: slow, wasm: slow, kernel: perRow(0.0001) }, store)
  await load({ native: slow, wasm: slow }, store)
  await load({ native: slow, kernel: missing }, store, { from: bareArtifact }).catch(() => undefined)
  expect(calls).toEqual([])
})

test('remembers as well that no graph could be had', async () => {
  const [store] = createFakeStore()
  await load({ native: missing, kernel }, store)
  const { choice, fakes } = await load({ native: missing, kernel }, store)
  expect(fakes.native.counts.opened).toBe(0)
  expect(choice).toMatchObject({ picked: 'kernel', why: 'timed before on this machine: no graph was there and right' })
})
