// What batches cost by size, within a budget; and the mean by which backends are compared.
import { expect, test } from 'vitest'
import { meanMicros, timeModel, type Timing } from '../../../src/backend/choice/timing.ts'
import type { Probe } from '../../../src/backend/choice/probe.ts'
import { selfCheck } from '../../../src/backend/choice/self-check.ts'
import { artifact, createFake, createScriptedClock, probe } from './fake-backends.ts'

async function timed(runMs: (rowCount: number) => number, known: readonly Timing[] = []) {
  const clock = createScriptedClock()
  const fake = createFake('native', { clock, runMs, mode: 'async' })
  const timings = await timeModel(await fake.backend.load(artifact), probe, { now: clock.now, known })
  return { timings, batches: fake.batches, spentMs: clock.now() }
}

const times = (count: number, rowCount: number) => new Array<number>(count).fill(rowCount)

test('measures 1, 8, 64 and 512 rows, three runs each, and more where they are short', async () => {
  const { timings, batches } = await timed((rowCount) => 0.1 + rowCount * 0.01)
  expect(batches).toEqual([...times(10, 1), ...times(10, 8), ...times(7, 64), ...times(3, 512)])
  expect(timings.map(({ rowCount }) => rowCount)).toEqual([1, 8, 64, 512])
  const expected = [110, 22.5, 11.5625, 10.1953125]
  timings.forEach(({ microsPerRow }, i) => expect(microsPerRow).toBeCloseTo(expected[i], 6))
})

test('takes the fastest of the runs of a size', async () => {
  let run = 0
  const { timings } = await timed(() => [9, 2, 5][run++ % 3])
  expect(timings[0].microsPerRow).toBeCloseTo(2000, 6)
})

test('leaves sizes out that would not fit, and keeps within the budget', async () => {
  const { timings, spentMs } = await timed((rowCount) => rowCount * 1)
  expect(timings.map(({ rowCount }) => rowCount)).toEqual([1, 8, 64])
  expect(spentMs).toBeLessThanOrEqual(200)
})

test('measures one run of one row of a model of seconds a row', async () => {
  const { batches, timings } = await timed(() => 3000)
  expect(batches).toEqual([1])
  expect(timings).toEqual([{ rowCount: 1, microsPerRow: 3e6 }])
})

const timing = (rowCount: number, microsPerRow: number): Timing => ({ rowCount, microsPerRow })

test('keeps what is known already, the faster of the same size', async () => {
  const known = [timing(1, 90), timing(7, 50), timing(512, 9999)]
  const { timings } = await timed((rowCount) => rowCount * 0.1, known)
  expect(timings.map(({ rowCount }) => rowCount)).toEqual([1, 7, 8, 64, 512])
  expect(timings.map(({ microsPerRow }) => Math.round(microsPerRow))).toEqual([90, 50, 100, 100, 100])
})

test('does not take one disturbed run for the pace of the model', async () => {
  let isFirst = true
  const disturbed = (): number => (isFirst ? ((isFirst = false), 150) : 1)
  const { timings } = await timed(disturbed, [timing(1, 1000), timing(32, 40)])
  expect(timings.map(({ rowCount }) => rowCount)).toEqual([1, 8, 32, 64, 512])
  expect(timings[0].microsPerRow).toBe(1000)
})

test('takes a size that was left out for as dear as the cheapest below it', () => {
  const whole = [timing(1, 80), timing(8, 20), timing(64, 10), timing(512, 1)]
  expect(meanMicros(whole)).toBeCloseTo((80 * 20 * 10 * 1) ** 0.25, 6)
  expect(meanMicros(whole.slice(0, 2))).toBeCloseTo((80 * 20 * 20 * 20) ** 0.25, 6)
  expect(meanMicros([timing(1, 80), timing(32, 5), timing(40, 6)])).toBeCloseTo((80 * 80 * 5 * 5) ** 0.25, 6)
  expect(meanMicros([timing(1, 300)])).toBeCloseTo(300, 6)
  expect(meanMicros([timing(1, 0)])).toBeGreaterThan(0)
})

test('counts what it takes to encode the rows of each batch, in the check as well', async () => {
  const clock = createScriptedClock()
  const slowProbe: Probe = {
    ...probe,
    batch(...wanted) {
      const batch = probe.batch(...wanted)
      return { ...batch, encode: () => clock.pass(batch.rowCount * 0.5) }
    },
  }
  const fake = createFake('native', { clock, runMs: (rowCount) => rowCount * 0.01, mode: 'async' })
  const model = await fake.backend.load(artifact)
  const { timings: known = [] } = await selfCheck(model, slowProbe, clock.now)
  const timings = await timeModel(model, slowProbe, { now: clock.now, known })
  for (const { microsPerRow } of [...known, ...timings]) expect(microsPerRow).toBeCloseTo(510, 6)
})
