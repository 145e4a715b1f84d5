// Batches spread over several equal backends: parts in their places, all members used, failures whole.
import { afterEach, describe, expect, it } from 'vitest'
import type { Artifact } from '../../../src/artifact/artifact.ts'
import { createPooledBackend } from '../../../src/backend/host/pooled-backend.ts'
import type { Backend, BackendModel } from '../../../src/backend/port.ts'
import { createError } from '../../../src/errors.ts'
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts'

const artifact = {} as Artifact

/** Members that are tried again later. */
const away = new Set<number>()
afterEach(() => away.clear())

/** Doubles its input; a row takes a millisecond of the fake clock. */
function member(id: number, log: string[], clock: FakeClock, fault?: 'load' | 'run'): Backend {
  return {
    name: 'wasm',
    description: 'wasm',
    open: () => Promise.resolve({ library: 'wasm', device: { kind: 'cpu', name: `thread ${id}` } }),
    tensorCount: () => Promise.resolve(id),
    health: () => ({
      restartCount: id,
      ...(id === 1 && { lastLoss: 'killed' }),
      ...(away.has(id) && { outage: `${id} is away` }),
    }),
    close: () => Promise.resolve(void log.push(`close ${id}`)),
    load() {
      if (fault === 'load') return Promise.reject(createError('OUT_OF_MEMORY', 'no room'))
      const model: BackendModel = {
        mode: 'async',
        async run([input], rowCount, [output]) {
          log.push(`${id}: ${rowCount}`)
          await Promise.resolve()
          if (fault === 'run') throw createError('EXECUTION_FAILED', `member ${id} broke`)
          clock.advance(rowCount)
          for (let i = 0; i < rowCount; i++) output.values[i] = 2 * input.values[i]
        },
        dispose: () => void log.push(`dispose ${id}`),
      }
      return Promise.resolve(model)
    },
  }
}

async function pool(faults: readonly ('load' | 'run' | undefined)[]) {
  const log: string[] = []
  const clock = createFakeClock()
  const backend = createPooledBackend(
    faults.map((fault, id) => member(id, log, clock, fault)),
    clock,
  )
  const model = await backend.load(artifact)
  return { backend, model, log }
}

async function run(model: BackendModel, rowCount: number): Promise<number[]> {
  const values = Float32Array.from({ length: rowCount + 5 }, (_, i) => i)
  const out = new Float32Array(rowCount + 5).fill(-1)
  await model.run([{ name: 'features', width: 1, values }], rowCount, [{ name: 'raw', width: 1, values: out }])
  expect([...out.subarray(rowCount)]).toEqual([-1, -1, -1, -1, -1])
  return [...out.subarray(0, rowCount)]
}

const doubled = (rowCount: number): number[] => Array.from({ length: rowCount }, (_, i) => 2 * i)

describe('createPooledBackend', () => {
  it('runs the first batch whole, and then spreads what is worth it, in order', async () => {
    const { model, log } = await pool([undefined, undefined, undefined])
    expect(await run(model, 10)).toEqual(doubled(10))
    expect(log).toEqual(['0: 10'])
    expect(await run(model, 10)).toEqual(doubled(10))
    expect(log.slice(1)).toEqual(['0: 3', '1: 3', '2: 4'])
  })

  it('gives single rows to whoever has least to do', async () => {
    const { model, log } = await pool([undefined, undefined])
    await Promise.all([run(model, 1), run(model, 1)])
    expect(log).toEqual(['0: 1', '1: 1'])
  })

  it('gives a batch to whoever has least to do of any model', async () => {
    const { backend, model, log } = await pool([undefined, undefined])
    const other = await backend.load(artifact)
    await Promise.all([run(model, 1), run(other, 1)])
    expect(log).toEqual(['0: 1', '1: 1'])
  })

  it('leaves out who is away, and says so only where nobody is left', async () => {
    const { backend, model, log } = await pool([undefined, undefined, undefined])
    await run(model, 9)
    away.add(0)
    expect(await run(model, 10)).toEqual(doubled(10))
    expect(log.slice(1)).toEqual(['1: 5', '2: 5'])
    expect(backend.health()).not.toHaveProperty('outage')
    away.add(1).add(2)
    expect(await run(model, 1)).toEqual(doubled(1))
    expect(log.at(-1)).toBe('0: 1')
    expect(backend.health()).toMatchObject({ outage: '0 is away' })
  })

  it('fails a batch of which a part fails, once all parts have ended', async () => {
    const { model, log } = await pool([undefined, 'run'])
    await run(model, 8)
    await expect(run(model, 8)).rejects.toMatchObject({ code: 'EXECUTION_FAILED', message: 'member 1 broke' })
    expect(log).toEqual(['0: 8', '0: 4', '1: 4'])
    expect(await run(model, 0)).toEqual([])
  })

  it('loads on all members or on none', async () => {
    const log: string[] = []
    const clock = createFakeClock()
    const backend = createPooledBackend([member(0, log, clock), member(1, log, clock, 'load')], clock)
    await expect(backend.load(artifact)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' })
    expect(log).toEqual(['dispose 0'])
  })

  it('adds up what its members are and have been through, and ends them all', async () => {
    const { backend, model, log } = await pool([undefined, undefined, undefined])
    expect(await backend.open()).toMatchObject({ threadCount: 3 })
    expect(await backend.tensorCount()).toBe(3)
    expect(backend.health()).toEqual({ restartCount: 3, lastLoss: 'killed' })
    model.dispose()
    await backend.close()
    expect(log).toEqual(['dispose 0', 'dispose 1', 'dispose 2', 'close 0', 'close 1', 'close 2'])
  })
})
