// Kernels and graphs of given speeds in; the model that `auto` makes of them, and a way to ask it, out.
import type { BackendEvent } from '../../../src/backend/choice/backend-event.ts'
import { selectBackend } from '../../../src/backend/choice/select-backend.ts'
import type { BackendModel, BackendName } from '../../../src/backend/port.ts'
import { createError } from '../../../src/errors.ts'
import { artifact, createFake, createScriptedClock, type Fake, type FakeOptions, probe } from './fake-backends.ts'

type Given = Partial<Record<BackendName, FakeOptions>>

export async function select(given: Given, requested: BackendName | 'auto' = 'auto', isTimed = true) {
  const clock = createScriptedClock()
  const fakes = {} as Record<BackendName, Fake>
  const candidates = Object.entries(given).map(([key, options]) => {
    const name = key as BackendName
    fakes[name] = createFake(name, { clock, runMs: (rowCount) => rowCount * 0.01, ...options })
    return fakes[name].candidate
  })
  const events: BackendEvent[] = []
  const onEvent = (event: BackendEvent) => void events.push(event)
  const timing = isTimed ? { now: clock.now } : {}
  const selected = await selectBackend({ artifact, requested, candidates, onEvent, ...timing })
  for (const { batches } of Object.values(fakes)) batches.length = 0
  return { selected, choice: selected.choice, model: selected.model, fakes, events }
}

/** Wrong rows of a batch of `rowCount`, which begins with check row `from`. */
export async function wrongRows(model: BackendModel, rowCount: number, from = 0): Promise<number> {
  const rowAt = (i: number) => (from + i) % probe.rowCount
  const { inputs, raw } = probe.batch(model, rowCount, rowAt)
  await model.run(inputs, rowCount, [raw])
  return raw.values.filter((value, i) => Math.abs(value - probe.answers![rowAt(i)][0]) > probe.bounds[0][0]).length
}

export const perRow =
  (first: number, next: number) =>
  (rowCount: number): number =>
    first + rowCount * next
export const kernel: FakeOptions = { takes: 'rows', runMs: perRow(0, 0.001) }
export const fastKernel: FakeOptions = { takes: 'rows', runMs: perRow(0, 0.0001) }
export const threads: FakeOptions = { ...kernel, mode: 'async' }
export const missing: FakeOptions = { missing: createError('BACKEND_UNAVAILABLE', 'not installed') }
/** Faster than `kernel` in batches of 512, and in no smaller ones that are timed. */
export const native: FakeOptions = { mode: 'async', runMs: perRow(0.2, 0.0002) }
