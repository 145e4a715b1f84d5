// Calls that a kernel answers at once: the same options, counters, messages, breaker and rules as by the queue.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MLError } from '../../src/errors.ts'
import { createTracing } from '../../src/observe/tracing.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import type { PredictOptions } from '../../src/runtime/options.ts'
import type { Prediction } from '../../src/rows/prediction.ts'
import { isPrediction, type ModelPredictor } from '../../src/runtime/predictor.ts'
import { createKernelDrivenModel } from '../helpers/kernel-driven-model.ts'
import { createRegistry } from '../helpers/registries.ts'
import { temporaryModelsDir } from '../helpers/artifacts.ts'
import { createStandInTracing } from '../helpers/stand-in-tracing.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

/** What a call ends with, whichever way it is asked. */
async function outcomeOf(ask: () => unknown): Promise<unknown> {
  try {
    const { source, value } = (await ask()) as { source: string; value: number }
    return { source, value }
  } catch (error) {
    const { code, details, message } = error as { code?: string; details?: unknown; message?: string }
    return code === undefined ? { thrown: error } : { code, details, message }
  }
}

function entryOf([entry]: (Prediction | MLError)[]): Prediction {
  if (isPrediction(entry)) return entry
  throw entry
}

const reason = { bye: true }

const calls: readonly (readonly [what: string, row: unknown, options: unknown])[] = [
  ['nothing', [3, 0], {}],
  ['undefined options', [3, 0], undefined],
  ['undefined values', [3, 0], { signal: undefined, strict: undefined, timeoutMs: undefined, useCache: undefined }],
  ['strict, a name too many', { f0: 3, f1: 0, f2: 1 }, { strict: true }],
  ['lenient, a name too many', { f0: 3, f1: 0, f2: 1 }, { strict: false }],
  ['no cache', [3, 0], { useCache: false }],
  ['priority', [3, 0], { priority: 'high' }],
  ['tenant', [3, 0], { tenant: 'a' }],
  ['request id', [3, 0], { requestId: 'r' }],
  ['a signal', [3, 0], { signal: new AbortController().signal }],
  ['an aborted signal', [3, 0], { signal: AbortSignal.abort(reason) }],
  ['an aborted signal and a bad row', ['x'], { signal: AbortSignal.abort(reason) }],
  ['a long timeout', [3, 0], { timeoutMs: 60_000 }],
  ['an endless timeout', [3, 0], { timeoutMs: Infinity }],
  ['a misspelt option', [3, 0], { timeoutMS: 5 }],
  ['null', [3, 0], null],
  ['a text', [3, 0], 'fast'],
  ['a function', [3, 0], () => undefined],
  ['a wrong timeout', [3, 0], { timeoutMs: -1 }],
  ['a wrong signal', [3, 0], { signal: 'stop' }],
  ['a signal that is none', [3, 0], { signal: { aborted: true } }],
  ['a wrong priority', [3, 0], { priority: 'urgent' }],
  ['a wrong useCache', [3, 0], { useCache: 1 }],
  ['a wrong request id and a bad row', ['x'], { requestId: '' }],
  ['a bad row', [3], {}],
  ['no row', undefined, {}],
  ['a row of text', ['3', 0], {}],
  ['a row beyond float32', [1e39, 0], {}],
]

describe('a call with', () => {
  let kernel: ModelPredictor
  let graph: ModelPredictor
  beforeAll(async () => {
    kernel = await loadModel(tinyFiles('1.0.0', { offset: 1 }), { backend: 'kernel' })
    graph = await loadModel(tinyFiles('1.0.0', { offset: 1 }), { backend: 'wasm', caching: false })
  })
  afterAll(async () => {
    await kernel.close()
    await graph.close()
  })

  it.each(calls)(
    '%s ends alike by predict and predictSync of a kernel and predict of a graph',
    async (_, row, options) => {
      const [given, asked] = [row as number[], options as PredictOptions]
      const before = kernel.getHealth().stats
      const expected = await outcomeOf(() => graph.predict(given, asked))
      // never a throw where a promise is due
      const promised = kernel.predict(given, asked)
      expect(promised).toBeInstanceOf(Promise)
      expect(await outcomeOf(() => promised)).toEqual(expected)
      expect(await outcomeOf(() => kernel.predictSync(given, asked))).toEqual(expected)
      const { stats } = kernel.getHealth()
      expect(stats.requests - before.requests).toBe(2)
      for (const kind of ['successes', 'errors', 'rejected', 'aborted'] as const)
        expect([0, 2], kind).toContain(stats[kind] - before[kind])
    },
  )

  it('options whose getters throw rejects with what they throw', async () => {
    const thrown = new Error('no')
    const options = {
      get signal(): AbortSignal {
        throw thrown
      },
    }
    await expect(kernel.predict([3, 0], options)).rejects.toBe(thrown)
    await expect(graph.predict([3, 0], options)).rejects.toBe(thrown)
    await expect(kernel.predictBatch([[3, 0]], options)).rejects.toBe(thrown)
    expect(() => kernel.predictSync([3, 0], options)).toThrow(thrown)
  })
})

describe('a call that a kernel answers at once', () => {
  it('is counted and told as one row and one batch', async () => {
    const { predictor, script, told, clock } = await createKernelDrivenModel()
    script.onRun = () => clock.block(2)
    predictor.predictSync([3, 0], { requestId: 'now' })
    await predictor.predict([4, 0], { requestId: 'soon' })
    expect(script.runs).toEqual([1, 1])
    const batch = { channel: 'batch', model: 'tiny', version: '1.0.0', rowCount: 1, queueMs: 0, runMs: 2 }
    const prediction = { channel: 'prediction', model: 'tiny', version: '1.0.0', latencyMs: 2, source: 'model' }
    expect(told).toMatchObject([
      batch,
      { ...prediction, requestId: 'now' },
      batch,
      { ...prediction, requestId: 'soon' },
    ])
    expect(predictor.getHealth().stats).toMatchObject({
      requests: 2,
      successes: 2,
      batches: 2,
      rowsInBatches: 2,
      meanBatchRows: 1,
      latencyMs: { count: 2, max: 2 },
      runMs: { count: 2, sum: 4 },
      rowMs: { request: 4, run: 4, queue: 0 },
    })
  })

  it('takes the stages while somebody records spans', async () => {
    const { api, ended, register } = createStandInTracing()
    register()
    const { predictor } = await createKernelDrivenModel({ spans: createTracing({ api }), batching: false })
    expect(await predictor.predict([3, 0])).toMatchObject({ value: 3 })
    expect(ended.map(({ name }) => name)).toContain('predict tiny')
  })

  it.each(['predict', 'predictSync'] as const)('is late by %s where its run was', async (way) => {
    const { predictor, script } = await createKernelDrivenModel({ batching: false })
    script.busyMs = 10
    const asked = await outcomeOf(() => predictor[way]([3, 0], { timeoutMs: 5 }))
    expect(asked).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(predictor.getHealth().stats).toMatchObject({
      requests: 1,
      successes: 0,
      errorsByCode: { DEADLINE_EXCEEDED: 1 },
    })
    expect(predictor.getHealth().breaker).toBe('closed')
  })

  it.each(['predict', 'predictSync'] as const)('is late by %s where only its first run was', async (way) => {
    const { predictor, script } = await createKernelDrivenModel({ batching: false })
    script.busyMs = 10
    script.onRun = () => void (script.busyMs = script.runs.length > 1 ? 0 : 10)
    expect(await outcomeOf(() => predictor[way]([3, 0], { timeoutMs: 5 }))).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(predictor.getHealth().stats).toMatchObject({ requests: 1, errorsByCode: { DEADLINE_EXCEEDED: 1 } })
    expect(await predictor[way]([3, 0], { timeoutMs: 5 })).toMatchObject({ value: 3 })
  })

  it.each(['predict', 'predictSync'] as const)('is over by %s where its row aborts it', async (way) => {
    const { predictor } = await createKernelDrivenModel()
    const controller = new AbortController()
    const row = {
      f1: 0,
      get f0(): number {
        controller.abort(reason)
        return 3
      },
    }
    expect(await outcomeOf(() => predictor[way](row, { signal: controller.signal }))).toEqual({ thrown: reason })
    expect(predictor.getHealth().stats).toMatchObject({ requests: 1, aborted: 1 })
  })
})

describe('the cache of a model that a kernel answers at once', () => {
  it('is passed by, as health says, unless it is asked for', async () => {
    const { predictor } = await createKernelDrivenModel({ caching: true })
    for (const _ of [1, 2]) expect(await predictor.predict([3, 0])).toMatchObject({ source: 'model' })
    expect(predictor.getHealth().cache).toMatchObject({ isBypassed: true })
    expect(predictor.getHealth().stats.cache).toMatchObject({ hits: 0, misses: 0 })
    const [entry] = await predictor.predictBatch([[3, 0]], { useCache: false })
    expect(entry).toMatchObject({ source: 'model' })
  })

  it('answers the second time where it is asked for', async () => {
    await using model = await loadModel(tinyFiles('1.0.0'), { backend: 'kernel' })
    const sources = []
    for (const _ of [1, 2]) sources.push((await model.predict([3, 0], { useCache: true })).source)
    sources.push((await model.predict([3, 0])).source, model.predictSync([3, 0]).source)
    expect(sources).toEqual(['model', 'cache', 'model', 'model'])
  })

  it('elsewhere is asked now and then, so that health knows what it costs', async () => {
    let asked = 0
    const keyv = { get: () => Promise.resolve(void asked++), set: () => Promise.resolve(true) }
    await using model = await loadModel(tinyFiles('1.0.0'), { backend: 'kernel', caching: { keyv } })
    for (let i = 0; i < 25; i++) await model.predict([i, 0])
    const before = asked
    for (let i = 0; i < 1024; i++) await model.predict([i, 1])
    expect(model.getHealth().cache?.isBypassed).toBe(true)
    expect(asked - before).toBeGreaterThanOrEqual(3)
    expect(asked - before).toBeLessThanOrEqual(8)
  })
})

describe('the breaker of a model that a kernel answers at once', () => {
  const fault = new RangeError('memory access out of bounds')
  const ways: readonly (readonly [string, (model: ModelPredictor) => unknown])[] = [
    ['predict', (model) => model.predict([3, 0])],
    ['predictSync', (model) => model.predictSync([3, 0])],
    ['predictBatch', (model) => model.predictBatch([[3, 0]]).then(entryOf)],
    ['runSync', (model) => ({ source: 'model', value: model.runSync(Float64Array.of(3, 0), 1).value![0] })],
  ]

  it.each(ways)('opens, probes and closes by %s', async (_, ask) => {
    const breaker = { failureThreshold: 2, openMs: 100 }
    const { predictor, script, clock } = await createKernelDrivenModel({ breaker, batching: false })
    const failures = { code: 'EXECUTION_FAILED', message: expect.stringContaining(fault.message) as string }
    const outcome = (): Promise<unknown> => outcomeOf(() => ask(predictor))
    script.fail = fault
    expect(await outcome()).toMatchObject(failures)
    expect(predictor.getHealth().breaker).toBe('closed')
    expect(await outcome()).toMatchObject(failures)
    expect(predictor.getHealth().breaker).toBe('open')
    const { length } = script.runs
    expect(await outcome()).toMatchObject({ code: 'BREAKER_OPEN' })
    expect(script.runs).toHaveLength(length)
    clock.advance(100)
    expect(await outcome()).toMatchObject(failures)
    expect(predictor.getHealth().breaker).toBe('open')
    clock.advance(100)
    script.fail = undefined
    expect(await outcome()).toEqual({ source: 'model', value: 3 })
    expect(predictor.getHealth().breaker).toBe('closed')
    expect(predictor.getHealth().stats).toMatchObject({
      requests: 5,
      successes: 1,
      errorsByCode: { EXECUTION_FAILED: 3, BREAKER_OPEN: 1 },
    })
  })

  it.each(ways)('counts answers that are no numbers only where no row has any, by %s', async (_, ask) => {
    const breaker = { failureThreshold: 1 }
    const { predictor, script } = await createKernelDrivenModel({ breaker, batching: false })
    await predictor.predict([1e39, 0]).catch(() => undefined)
    expect(() => predictor.predictSync([1e39, 0])).toThrow()
    expect(() => predictor.runSync(Float64Array.of(1e39, 0), 1)).toThrow()
    expect(predictor.getHealth().breaker).toBe('closed')
    script.isNaN = true
    expect(await outcomeOf(() => ask(predictor))).toMatchObject({ code: 'EXECUTION_FAILED' })
    expect(predictor.getHealth().breaker).toBe('open')
  })
})

describe('the rule of a model whose kernel fails', () => {
  it('answers predictSync, counted and told as its own', async () => {
    const { predictor, script, told } = await createKernelDrivenModel({ rule: () => ({ value: 7 }) })
    script.fail = new Error('broken')
    expect(predictor.predictSync([3, 0])).toMatchObject({ source: 'fallback', value: 7, reason: 'EXECUTION_FAILED' })
    expect(predictor.getHealth().stats).toMatchObject({
      requests: 1,
      successes: 1,
      fallbacks: 1,
      fallbacksByCode: { EXECUTION_FAILED: 1 },
      errorsByCode: {},
    })
    expect(told).toContainEqual(expect.objectContaining({ channel: 'prediction', source: 'fallback' }))
    // what is the caller's own fault stays it
    expect(() => predictor.predictSync([3])).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }) as Error)
    expect(() => predictor.predictSync([3, 0], { signal: AbortSignal.abort(reason) })).toThrow()
    // and runSync has no rule
    expect(() => predictor.runSync(new Float64Array(2), 1)).toThrow(
      expect.objectContaining({ code: 'EXECUTION_FAILED' }) as Error,
    )
  })

  it('that gives a promise cannot answer predictSync, and predict says so', async () => {
    const { predictor, script } = await createKernelDrivenModel({ rule: () => Promise.reject(new Error('late')) })
    script.fail = new Error('broken')
    expect(() => predictor.predictSync([3, 0])).toThrow(
      expect.objectContaining({
        code: 'NOT_SYNCHRONOUS',
        message: expect.stringContaining('its rule rule gives a promise; await predict') as string,
        cause: expect.objectContaining({ code: 'EXECUTION_FAILED' }) as Error,
      }) as Error,
    )
    expect(predictor.getHealth().stats).toMatchObject({ requests: 1, errors: 1, errorsByCode: { NOT_SYNCHRONOUS: 1 } })
  })
})

describe('lines of the log', () => {
  it('tell what failed at once, its row, and nothing of its values', async () => {
    const lines: object[] = []
    const note = (facts: object): void => void lines.push(facts)
    const logger = { debug: note, info: note, warn: note, error: note }
    const { predictor, script, clock } = await createKernelDrivenModel({ logger })
    expect(() => predictor.predictSync(['secret', 0], { requestId: 'r' })).toThrow()
    clock.advance(2000)
    expect(() => predictor.runSync(Float64Array.of(1, 0, Infinity, 0), 2)).toThrow()
    script.fail = new Error('broken')
    expect(() => predictor.runSync(new Float64Array(2), 1)).toThrow()
    expect(lines).toMatchObject([
      { model: 'tiny', version: '1.0.0', code: 'INPUT_INVALID', requestId: 'r', feature: 'f0' },
      { model: 'tiny', version: '1.0.0', code: 'INPUT_INVALID', row: 1, feature: 'f0' },
      { model: 'tiny', version: '1.0.0', code: 'EXECUTION_FAILED' },
    ])
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})

describe('kernels of a registry', () => {
  async function tinyDir(versions: Readonly<Record<string, number>>, service: object = {}) {
    const dir = temporaryModelsDir()
    for (const [version, offset] of Object.entries(versions))
      dir.addVersion('tiny', version, tinyFiles(version, { offset }))
    dir.addFile('tiny', 'service.json', service)
    return dir
  }

  it('answer for the version that a predictor names', async () => {
    const dir = await tinyDir({ '1.0.0': 1, '2.0.0': 2 }, { aliases: { canary: '1.0.0' } })
    const registry = createRegistry(dir, { backend: 'kernel', caching: false })
    const offsets = []
    for (const name of ['tiny', 'tiny@1.0.0', 'tiny@canary', 'tiny@2.0.0']) {
      const model = await registry.getModelPredictor(name)
      offsets.push(model.predictSync([0, 0]).value, model.runSync(new Float64Array(2), 1).value![0])
    }
    expect(offsets).toEqual([2, 2, 1, 1, 1, 1, 2, 2])
  })

  it('split and count calls at once as any other while routing is set', async () => {
    const dir = await tinyDir({ '1.0.0': 1, '2.0.0': 2 })
    const registry = createRegistry(dir, { backend: 'kernel', caching: false })
    const model = await registry.getModelPredictor('tiny')
    await registry.route('tiny', { traffic: { '1.0.0': 1, '2.0.0': 1 }, shadow: '1.0.0' })
    const values = []
    for (let i = 0; i < 4; i++) values.push(model.predictSync([0, 0]).value)
    for (let i = 0; i < 4; i++) values.push((await model.predict([0, 0])).value)
    for (let i = 0; i < 2; i++) values.push(model.runSync(new Float64Array(4), 2).value![0])
    expect(values.sort()).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    const { routing } = model.getHealth()
    expect(routing?.versions.map(({ version, requests }) => [version, requests]).sort()).toEqual([
      ['1.0.0', 6],
      ['2.0.0', 6],
    ])
    // the shadow sees what is awaited, in the background
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(model.getHealth().routing?.shadow).toMatchObject({ compared: 4 })
  })

  it('say that a model which was unloaded to make room must be awaited', async () => {
    const dir = await tinyDir({ '1.0.0': 1 })
    dir.addVersion('other', '1.0.0', tinyFiles('1.0.0', { name: 'other' }))
    const registry = createRegistry(dir, { backend: 'kernel', caching: false, memoryBudgetBytes: 1 })
    const [tiny, other] = [await registry.getModelPredictor('tiny'), await registry.getModelPredictor('other')]
    await other.predict([0, 0])
    const asleep = expect.objectContaining({
      code: 'NOT_SYNCHRONOUS',
      message: expect.stringContaining('unloaded to make room; await predict') as string,
    }) as Error
    expect(() => tiny.predictSync([0, 0])).toThrow(asleep)
    expect(() => tiny.runSync(new Float64Array(2), 1)).toThrow(asleep)
    expect(await tiny.predict([0, 0])).toMatchObject({ value: 1 })
    expect(tiny.predictSync([0, 0])).toMatchObject({ value: 1 })
  })

  it('let the rule answer at once for a model that could not be loaded', async () => {
    const dir = await tinyDir({}, { fallback: 'seven' })
    const registry = createRegistry(dir, { caching: false, fallbacks: { seven: () => ({ value: 7 }) } })
    const model = await registry.getModelPredictor('tiny')
    expect(model.predictSync([0, 0])).toMatchObject({ source: 'fallback', value: 7, version: null })
    expect(() => model.predictSync('no row' as never)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }) as Error,
    )
    expect(() => model.runSync(new Float64Array(2), 1)).toThrow(
      expect.objectContaining({ code: 'MODEL_LOAD_FAILED' }) as Error,
    )
    expect(model.getHealth().stats).toMatchObject({ requests: 2, fallbacks: 1, rejected: 1 })
    await registry.close()
    expect(() => model.predictSync([0, 0])).toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error)
    expect(() => model.runSync(new Float64Array(2), 1)).toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error)
  })
})
