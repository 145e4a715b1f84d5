// predictBatch of a model that a kernel computes in this thread: in order, in blocks between which others get their turns.
import { describe, expect, it } from 'vitest'
import type { MLError } from '../../src/errors.ts'
import type { Prediction, Row } from '../../src/rows/prediction.ts'
import { createTracing } from '../../src/observe/tracing.ts'
import { artifactFiles, heldOut, temporaryModelsDir } from '../helpers/artifacts.ts'
import { createKernelDrivenModel } from '../helpers/kernel-driven-model.ts'
import { createRegistry } from '../helpers/registries.ts'
import { createStandInTracing } from '../helpers/stand-in-tracing.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

const rowsUpTo = (count: number): number[][] => Array.from({ length: count }, (_, i) => [i, 0])
const valuesOf = (entries: readonly (Prediction | MLError)[]) =>
  entries.map((entry) => ('value' in entry ? entry.value : (entry as MLError).code))
const reason = { bye: true }
const never = (): Promise<never> => new Promise(() => undefined)

describe('predictBatch on a kernel', () => {
  it('answers 100,000 rows in order and lets others have their turns', async () => {
    const { predictor, script } = await createKernelDrivenModel()
    // a block of 256 rows takes a millisecond
    script.busyMs = 1
    const entries = await predictor.predictBatch(rowsUpTo(100_000))
    expect(entries).toHaveLength(100_000)
    expect(entries.findIndex((entry, i) => !('value' in entry) || entry.value !== i)).toBe(-1)
    expect(Math.max(...script.runs)).toBe(256)
    expect(script.turns).toBeGreaterThanOrEqual(Math.floor(100_000 / 256 / 5))
    expect(predictor.getHealth().stats).toMatchObject({
      requests: 100_000,
      successes: 100_000,
      rowsInBatches: 100_000,
      batches: script.runs.length,
      // a row's latency is that of its block, as by the queue it is that of its slice
      latencyMs: { count: 100_000, max: 1 },
    })
  })

  it('takes fewer rows at once where a row takes long', async () => {
    const { predictor, script, clock } = await createKernelDrivenModel()
    script.onRun = () => clock.block(script.runs.at(-1)!)
    const entries = await predictor.predictBatch(rowsUpTo(300))
    expect(valuesOf(entries)).toEqual(rowsUpTo(300).map(([value]) => value))
    // one look at the clock tells
    expect(script.runs.slice(1).every((rowCount) => rowCount <= 4)).toBe(true)
    expect(script.turns).toBeGreaterThanOrEqual(10)
  })

  it.each([0, 1, 255, 256, 257, 513])('answers %i rows', async (count) => {
    const { predictor } = await createKernelDrivenModel()
    expect(valuesOf(await predictor.predictBatch(rowsUpTo(count), { timeoutMs: 1000 }))).toEqual(
      rowsUpTo(count).map(([value]) => value),
    )
    expect(predictor.getHealth().stats).toMatchObject({ requests: count, successes: count })
  })

  it('takes blocks with a timeoutMs, a signal and every other option, too', async () => {
    const { predictor, script } = await createKernelDrivenModel()
    const { signal } = new AbortController()
    const options = { timeoutMs: 0.1, signal, priority: 'low', tenant: 't', requestId: 'r', strict: true } as const
    await predictor.predictBatch(rowsUpTo(300), options)
    expect(script.runs).toEqual([256, 44])
    // the queue takes one for each batch
    expect(script.turns).toBe(0)
  })

  it('fails bad rows alone, each by its own error and place', async () => {
    const { predictor, script } = await createKernelDrivenModel()
    const rows: unknown[] = rowsUpTo(600)
    const bad = [0, 255, 256, 300, 599]
    for (const index of bad) rows[index] = index === 300 ? [1e39, 0] : ['x', 0]
    const entries = await predictor.predictBatch(rows as Row[])
    entries.forEach((entry, i) => {
      if (i === 300) expect(entry).toMatchObject({ code: 'EXECUTION_FAILED' })
      else if (bad.includes(i))
        expect(entry).toMatchObject({ code: 'INPUT_INVALID', details: { row: i, feature: 'f0' } })
      else expect(entry).toMatchObject({ value: i, source: 'model' })
    })
    expect(predictor.getHealth()).toMatchObject({
      breaker: 'closed',
      stats: { requests: 600, successes: 595, rejected: 4, errors: 1 },
    })
    expect(script.runs).toContain(254)
  })

  it('gives each row the error or the rule of a kernel that breaks meanwhile', async () => {
    for (const rule of [undefined, () => ({ value: -1 })]) {
      const { predictor, script } = await createKernelDrivenModel({
        ...(rule && { rule }),
        breaker: { failureThreshold: 1 },
      })
      script.onRun = () => void (script.fail = script.runs.length > 1 ? new RangeError('out of bounds') : undefined)
      const entries = await predictor.predictBatch(rowsUpTo(600))
      expect(valuesOf(entries.slice(0, 256))).toEqual(rowsUpTo(256).map(([value]) => value))
      for (const entry of entries.slice(256))
        if (rule !== undefined) expect(entry).toMatchObject({ source: 'fallback', value: -1 })
        else expect(['EXECUTION_FAILED', 'BREAKER_OPEN']).toContain((entry as MLError).code)
      expect(predictor.getHealth()).toMatchObject({ breaker: 'open', stats: { requests: 600 } })
    }
  })

  it('rejects with the reason of a signal that aborts between blocks', async () => {
    const { predictor, script, told } = await createKernelDrivenModel()
    const controller = new AbortController()
    script.busyMs = 3
    script.onTurn = () => controller.abort(reason)
    await expect(predictor.predictBatch(rowsUpTo(2000), { signal: controller.signal })).rejects.toBe(reason)
    expect(script.runs).toEqual([256, 256])
    expect(predictor.getHealth().stats).toMatchObject({ requests: 2000, successes: 512, aborted: 2000 - 512 })
    expect(told.filter(({ channel }) => channel === 'prediction')).toHaveLength(2000)
  })

  it('ends the rest with DEADLINE_EXCEEDED, by one error that is counted for each', async () => {
    const lines: object[] = []
    const note = (facts: object): void => void lines.push(facts)
    const logger = { debug: note, info: note, warn: note, error: note }
    const { predictor, script, told } = await createKernelDrivenModel({ logger })
    script.busyMs = 3
    const entries = await predictor.predictBatch(rowsUpTo(1000), { timeoutMs: 5, requestId: 'r' })
    expect(valuesOf(entries.slice(0, 512))).toEqual(rowsUpTo(512).map(([value]) => value))
    expect(entries.slice(512).every((entry) => entry === entries[999])).toBe(true)
    expect(entries[999]).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('within 5 ms') as string,
    })
    expect(predictor.getHealth().stats).toMatchObject({
      requests: 1000,
      successes: 512,
      errorsByCode: { DEADLINE_EXCEEDED: 488 },
    })
    const predictions = told.filter(({ channel }) => channel === 'prediction')
    expect(predictions).toHaveLength(1000)
    expect(predictions.at(-1)).toMatchObject({ code: 'DEADLINE_EXCEEDED', requestId: 'r' })
    expect(lines).toMatchObject([{ code: 'DEADLINE_EXCEEDED', row: 512, requestId: 'r' }])
  })

  it('waits no longer than the caller does for a rule that takes its time', async () => {
    const slow = async () => {
      const made = await createKernelDrivenModel({ rule: never, batching: false })
      made.script.fail = new Error('broken')
      return made
    }
    const timed = await slow()
    const answers = timed.predictor.predictBatch(rowsUpTo(3), { timeoutMs: 50 })
    await turns()
    timed.clock.advance(50)
    expect(valuesOf(await answers)).toEqual(Array(3).fill('DEADLINE_EXCEEDED'))
    const left = await slow()
    const controller = new AbortController()
    const aborted = left.predictor.predictBatch(rowsUpTo(3), { signal: controller.signal })
    await turns()
    controller.abort(reason)
    await expect(aborted).rejects.toBe(reason)
    const closed = await slow()
    const pending = closed.predictor.predictBatch(rowsUpTo(3))
    await turns()
    void closed.predictor.close()
    await expect(pending).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('rejects with CLOSED where its model is closed between blocks', async () => {
    const { predictor, script } = await createKernelDrivenModel()
    script.busyMs = 5
    script.onTurn = () => void predictor.close()
    await expect(predictor.predictBatch(rowsUpTo(2000))).rejects.toMatchObject({ code: 'CLOSED' })
    expect(script.runs).toEqual([256])
    expect(predictor.getHealth().stats).toMatchObject({ successes: 256, errorsByCode: { CLOSED: 2000 - 256 } })
  })

  it('answers the rows that there were, whatever becomes of the array', async () => {
    const { predictor, script } = await createKernelDrivenModel()
    const rows: Row[] = rowsUpTo(300)
    script.busyMs = 5
    script.onTurn = () => void rows.push(...rowsUpTo(1000))
    expect(await predictor.predictBatch(rows)).toHaveLength(300)
    const few: Row[] = rowsUpTo(10)
    few[3] = {
      f1: 0,
      get f0() {
        if (few.length < 100) few.push(...rowsUpTo(1000))
        return 3
      },
    }
    expect(valuesOf(await predictor.predictBatch(few))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const shrinking: Row[] = rowsUpTo(300)
    script.onTurn = () => void (shrinking.length = 256)
    const entries = await predictor.predictBatch(shrinking)
    expect(valuesOf(entries.slice(250))).toEqual([
      ...[250, 251, 252, 253, 254, 255],
      ...Array<string>(44).fill('INPUT_INVALID'),
    ])
  })

  it('leaves batches to the graph that are faster there, and takes the stages while somebody records spans', async () => {
    const { predictor, script } = await createKernelDrivenModel({ kernelMaxRows: 64 })
    expect(valuesOf(await predictor.predictBatch(rowsUpTo(64)))).toHaveLength(64)
    expect(script.turns).toBe(0)
    expect(valuesOf(await predictor.predictBatch(rowsUpTo(65)))).toHaveLength(65)
    // by the queue, whose batches leave at the end of a turn
    expect(script.turns).toBeGreaterThan(0)
    const { api, ended, register } = createStandInTracing()
    register()
    const traced = await createKernelDrivenModel({ spans: createTracing({ api }) })
    expect(valuesOf(await traced.predictor.predictBatch(rowsUpTo(300)))).toHaveLength(300)
    expect(ended.map(({ name }) => name)).toContain('predict tiny')
  })

  it('reads rows of categories in the midst of rows that are wrong', async () => {
    const { rows } = heldOut('telco_churn')
    const { predictor } = await createKernelDrivenModel({ files: await artifactFiles('telco_churn') })
    const expected = await predictor.predictBatch(rows)
    const mixed = rows.map((row, i) => (i % 7 === 3 ? { ...row, total_day_minutes: 'many' } : row))
    const entries = await predictor.predictBatch(mixed)
    entries.forEach((entry, i) => {
      if (i % 7 === 3) expect(entry).toMatchObject({ code: 'INPUT_INVALID', details: { row: i } })
      else expect((entry as Prediction).label).toEqual((expected[i] as Prediction).label)
    })
  })
})

describe('predictBatch of a registry on kernels', () => {
  async function open() {
    const dir = temporaryModelsDir()
    for (const [offset, version] of ['1.0.0', '2.0.0'].entries())
      dir.addVersion('tiny', version, tinyFiles(version, { offset }))
    dir.addFile('tiny', 'service.json', {})
    const registry = createRegistry(dir, { backend: 'kernel', caching: false })
    await registry.initialize()
    await registry.activate('tiny', '1.0.0')
    return { registry, model: await registry.getModelPredictor('tiny') }
  }

  /** Rows of which one, when it is read, does something. */
  const rowsWith = (count: number, at: number, act: () => void): Row[] => {
    const rows: Row[] = rowsUpTo(count)
    rows[at] = {
      f1: 0,
      get f0() {
        act()
        return at
      },
    }
    return rows
  }

  it('has one version for all rows, whatever is activated meanwhile', async () => {
    const { registry, model } = await open()
    let swap: Promise<void> | undefined
    const rows = rowsWith(50_000, 10, () => void (swap ??= registry.activate('tiny', '2.0.0')))
    const entries = await model.predictBatch(rows)
    expect(new Set(entries.map((entry) => ('version' in entry ? entry.version : entry.code)))).toEqual(
      new Set(['1.0.0']),
    )
    await swap
    expect(await model.predict([0, 0])).toMatchObject({ version: '2.0.0', value: 1 })
  })

  it('gets its answers although its predictor was closed meanwhile', async () => {
    const { model } = await open()
    const entries = await model.predictBatch(rowsWith(1000, 10, () => void model.close()))
    expect(valuesOf(entries)).toEqual(rowsUpTo(1000).map(([value]) => value))
    await expect(model.predictBatch([[0, 0]])).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('is settled by CLOSED where the registry is closed meanwhile', async () => {
    const { registry, model } = await open()
    let closing: Promise<void> | undefined
    const rows = rowsWith(200_000, 10, () => void (closing ??= registry.close()))
    await expect(model.predictBatch(rows)).rejects.toMatchObject({ code: 'CLOSED' })
    await closing
  })
})

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
