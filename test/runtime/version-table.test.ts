// Engines that are asked for, retired and unloaded at the same moment: whoever takes one takes one that runs.
import { expect, test } from 'vitest'
import { createModelStats } from '../../src/observe/stats.ts'
import type { Engine } from '../../src/runtime/engine.ts'
import { MemoryBudget } from '../../src/runtime/memory-budget.ts'
import { VersionTable } from '../../src/runtime/version-table.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'

type FakeEngine = { readonly version: string; readonly number: number; isClosed: boolean }

function createTable(budget = new MemoryBudget()) {
  const started: FakeEngine[] = []
  const table = new VersionTable({
    budget,
    onUnload: () => undefined,
    start: (version) => {
      const engine = {
        version,
        number: started.length + 1,
        isClosed: false,
        artifact: { weightData: new ArrayBuffer(8), modelJson: { weightsManifest: [] } },
        drain: () => engine.close(),
        close: () => {
          engine.isClosed = true
          return Promise.resolve()
        },
      }
      started.push(engine)
      // what the table reads of an engine
      return Promise.resolve(engine as unknown as Engine)
    },
  })
  const stats = createModelStats({ clock: createFakeClock() })
  const take = (engine: Engine): FakeEngine => ({ ...(engine as unknown as FakeEngine) })
  const use = (version: string, prepare?: (engine: Engine) => Promise<void>) =>
    table.use(version, { stats, take, ...(prepare && { prepare }) })
  return { table, started, use, engineOf: (i: number) => started[i] as unknown as Engine }
}

test('starts a version once for all who ask', async () => {
  const { use, started } = createTable()
  await Promise.all(Array.from({ length: 20 }, () => use('1.0.0')))
  expect(started).toHaveLength(1)
})

test('gives nobody an engine that is retired while he waits for it', async () => {
  const { table, use, engineOf } = createTable()
  await use('1.0.0')
  const taken = use('1.0.0')
  const retired = table.retire(engineOf(0))
  expect(await taken).toMatchObject({ number: 2, isClosed: false })
  await retired
})

test('gives nobody an engine that is unloaded while he prepares it', async () => {
  const budget = new MemoryBudget(8)
  const { use, started } = createTable(budget)
  const makeRoom = async (): Promise<void> => void budget.add(8, () => Promise.resolve())
  expect(await use('1.0.0', makeRoom)).toMatchObject({ number: 2, isClosed: false })
  expect(started[0].isClosed).toBe(true)
})

test('retires an engine without forgetting the one of the same version that came after it', async () => {
  const { table, use, engineOf, started } = createTable()
  await use('1.0.0')
  await table.retire(engineOf(0))
  await use('1.0.0')
  await table.retire(engineOf(0))
  await use('1.0.0')
  expect(started).toHaveLength(2)
})

test('closes what is still starting, and starts nothing afterwards', async () => {
  const { table, use, started } = createTable()
  const waiting = use('1.0.0')
  const closing = table.close()
  await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' })
  await closing
  await settleMicrotasks()
  expect(started.map(({ isClosed }) => isClosed)).toEqual([true])
  await expect(use('2.0.0')).rejects.toMatchObject({ code: 'CLOSED' })
  expect(started).toHaveLength(1)
})
