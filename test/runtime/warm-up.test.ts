// What is run before the first request: the batch sizes that will come, within bounded time.
import { expect, test } from 'vitest'
import type { LoadedModel } from '../../src/runtime/loaded-model.ts'
import { warmSizes, warmUp } from '../../src/runtime/warm-up.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

const rows = [Float64Array.of(1), Float64Array.of(2), Float64Array.of(3)]

async function warmed(mode: LoadedModel['mode'], options: { maxRows?: number; runMs?: (rowCount: number) => number }) {
  const { maxRows = 1024, runMs = () => 1 } = options
  const clock = createFakeClock()
  const sizes: number[] = []
  const run = (batch: readonly Float64Array[]) => {
    sizes.push(batch.length)
    clock.advance(runMs(batch.length))
    return mode === 'sync' ? [] : Promise.resolve([])
  }
  const measured = await warmUp({ mode, run, dispose: () => undefined }, { rows, maxRows, clock })
  return { sizes, measured }
}

test('runs an asynchronous model at the sizes of many callers, then times one row', async () => {
  const { sizes, measured } = await warmed('async', { runMs: (rowCount) => (rowCount === 1 ? 0.25 : 9) })
  expect(sizes).toEqual([3, 8, 64, 512, 1, 1, 1, 1, 1, 32, 32, 32])
  expect(measured).toEqual([
    { rowCount: 1, ms: 0.25 },
    { rowCount: 32, ms: 9 },
  ])
})

test('runs no batch larger than will ever come', async () => {
  expect((await warmed('async', { maxRows: 50 })).sizes).toEqual([3, 8, 50, 1, 1, 1, 1, 1, 32, 32, 32])
  expect((await warmed('async', { maxRows: 8 })).sizes).toEqual([3, 8, 1, 1, 1, 1, 1, 8, 8, 8])
  expect((await warmed('async', { maxRows: 1 })).sizes).toEqual([1, 1, 1, 1, 1, 1, 1])
})

test('stops with large batches once they have cost a second', async () => {
  expect((await warmed('async', { runMs: (rowCount) => rowCount * 20 })).sizes.slice(0, 4)).toEqual([3, 8, 64, 1])
})

test('leaves large batches out where the model runs in this thread', async () => {
  expect((await warmed('sync', {})).sizes).toEqual([3, 1, 1, 1, 1, 1, 32, 32, 32])
})

test('times no second size where rows are slow, and no longer than 50 ms', async () => {
  const slow = await warmed('sync', { runMs: (rowCount) => 2 * rowCount })
  expect(slow.sizes).toEqual([3, 1, 1, 1, 1, 1])
  expect(slow.measured).toEqual([{ rowCount: 1, ms: 2 }])
  expect((await warmed('sync', { runMs: (rowCount) => (rowCount === 1 ? 1 : 60) })).sizes.slice(6)).toEqual([32])
})

async function warmedAt(sizes: readonly number[], runMs: (rowCount: number) => number) {
  const clock = createFakeClock()
  const ran: string[] = []
  const run = (batch: readonly Float64Array[]) => {
    ran.push(`run ${batch.length}`)
    clock.advance(runMs(batch.length))
    return []
  }
  const defer = (callback: () => void): void => {
    ran.push('others')
    callback()
  }
  await warmSizes({ mode: 'sync', run, dispose: () => undefined }, { rows, sizes, clock, defer })
  return ran
}

test('runs the sizes in use one by one, and lets others have their turn in between', async () => {
  expect(await warmedAt([4, 100], () => 1)).toEqual(['run 4', 'others', 'run 100', 'others'])
})

test('begins no size that would take it beyond a second', async () => {
  expect((await warmedAt([4, 64, 512], (rowCount) => 3 * rowCount)).filter((what) => what !== 'others')).toEqual([
    'run 4',
    'run 64',
  ])
})
