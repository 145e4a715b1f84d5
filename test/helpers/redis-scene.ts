// A Redis and faults in; a model that caches there under 200 predicts at once, beside one whose Redis is well, out.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { loadModel, type Logger, type ModelPredictor, type Prediction } from '../../src/index.ts'
import { artifactFiles, heldOut } from './artifacts.ts'
import { createPauseMeter, type PauseMeter } from './pause-meter.ts'
import { createRedisServer, type RedisServer, type RedisServerOptions, whyNoRedis } from './redis-server.ts'
import { createTcpProxy, type TcpProxy } from './tcp-proxy.ts'

export const callers = 200

/** Hits must be back by then. */
export const recoversWithinMs = 2000

/** A caller may wait that much longer than without the fault. */
const mostExtraMs = 100

/** A deadline of 50 ms was waited for, or half of one. */
const noticeableMs = 25

export type Line = { readonly level: string; readonly text: string; readonly facts: Record<string, unknown> }

export type Wave = {
  /** Of its slowest answer. */
  readonly longestMs: number
  readonly controlMs: number
  /** How much longer it took than its control. */
  readonly extraMs: number
  readonly hits: number
  readonly errors: readonly unknown[]
}

export type RedisScene = {
  readonly model: ModelPredictor
  readonly waves: readonly Wave[]
  /** What the user's logger was told of the cache. */
  readonly log: readonly Line[]
  wave(): Promise<Wave>
  drivenFor(durationMs: number): Promise<readonly Wave[]>
  /** Begins a fault in the midst of 200 calls that are under way. */
  duringWave(fault: () => unknown): Promise<void>
  /** Milliseconds until the rows that have been asked for before come from the cache again. */
  recoveryMs(): Promise<number>
  assertUnharmed(): void
}

export type RedisScenes = {
  /** Closed when the test ends, as all that these give. */
  startRedis(options?: RedisServerOptions): Promise<RedisServer>
  startProxy(server: RedisServer): Promise<TcpProxy>
  /** `startsWell`: false where the fault is there from the start. @default true */
  createScene(redisUrl: string, options?: { readonly startsWell?: boolean }): Promise<RedisScene>
}

const name = 'telco_churn'
const { rows } = heldOut(name)

/**
 * Hooks of a test file about faults. Every fault is met by 200 predicts at once, again and again, while 200 others at the
 * same moments go to the control: the same model with a Redis that is well. They share this thread and this machine, so
 * that what slows down both is not held against the fault; nor is time in which the system did not let this process run.
 * After each test no rejection may have been left unhandled.
 */
export function useRedisScenes(): RedisScenes {
  const reason = whyNoRedis()
  const opened: { close(): Promise<void> }[] = []
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown): void => void unhandled.push(error)
  const meter = createPauseMeter()
  let control: { readonly model: ModelPredictor; readonly server: RedisServer } | undefined

  beforeAll(async () => {
    process.on('unhandledRejection', onUnhandled)
    if (reason !== undefined) return
    const server = await createRedisServer()
    await server.start()
    control = { server, model: await loadCached(server.url) }
  })
  afterAll(async () => {
    meter.stop()
    await control?.model.close()
    await control?.server.kill()
    process.off('unhandledRejection', onUnhandled)
  })
  beforeEach(({ skip }) => skip(reason !== undefined, reason))
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
    expect(unhandled.splice(0)).toEqual([])
  })

  return {
    async startRedis(options = {}) {
      const server = await createRedisServer(options)
      opened.push({ close: () => server.kill() })
      await server.start()
      return server
    },
    async startProxy(server) {
      const proxy = await createTcpProxy(server.port)
      opened.push(proxy)
      return proxy
    },
    async createScene(redisUrl, { startsWell = true } = {}) {
      if (control === undefined) throw new Error('there is no control before the tests begin')
      const [log, logger] = createLog()
      const model = await loadCached(redisUrl, logger)
      opened.push(model)
      const scene = stage({ model, log, control: control.model, meter })
      if (startsWell && (await scene.recoveryMs()) === Infinity)
        throw new Error(`no hits from a Redis that is well: ${JSON.stringify(model.getHealth())}`)
      return scene
    },
  }
}

async function loadCached(redisUrl: string, logger?: Logger): Promise<ModelPredictor> {
  return loadModel(await artifactFiles(name), {
    backend: 'wasm',
    caching: { redisUrl },
    ...(logger === undefined ? {} : { logger }),
  })
}

type StageOptions = {
  readonly model: ModelPredictor
  readonly log: readonly Line[]
  readonly control: ModelPredictor
  readonly meter: PauseMeter
}

function stage({ model, log, control, meter }: StageOptions): RedisScene {
  const waves: Wave[] = []
  let next = 0

  /** Half of the rows have been asked for before. */
  const takeRows = (): Record<string, unknown>[] =>
    Array.from({ length: callers }, (_, i) => {
      const row = rows[i]
      return i % 2 === 0 ? row : { ...row, total_day_minutes: Number(row['total_day_minutes']) + 1e-9 * next++ }
    })

  async function drive(predictor: ModelPredictor, some: readonly Record<string, unknown>[]) {
    const startedAt = performance.now()
    let longestMs = 0
    const predictOne = async (row: Record<string, unknown>): Promise<Prediction> => {
      const answer = await predictor.predict(row, { useCache: true })
      longestMs = Math.max(longestMs, performance.now() - startedAt)
      return answer
    }
    const settled = await Promise.allSettled(some.map(predictOne))
    const hits = settled.filter((one) => one.status === 'fulfilled' && one.value.source === 'cache').length
    const errors = settled.filter((one) => one.status === 'rejected').map((one) => one.reason as unknown)
    return { longestMs, pausedMs: meter.pausedMs, hits, errors }
  }

  async function wave(): Promise<Wave> {
    const some = takeRows()
    const [own, others] = await Promise.all([drive(model, some), drive(control, some)])
    // a pause while both were under way is in both times
    const extraMs = own.longestMs - others.longestMs - Math.max(0, own.pausedMs - others.pausedMs)
    const result = { ...own, controlMs: others.longestMs, extraMs }
    waves.push(result)
    return result
  }

  async function drivenFor(durationMs: number): Promise<readonly Wave[]> {
    const before = waves.length
    const end = performance.now() + durationMs
    while (performance.now() < end) {
      await wave()
      await sleep(5)
    }
    return waves.slice(before)
  }

  async function recoveryMs(): Promise<number> {
    const startedAt = performance.now()
    const pausedBefore = meter.pausedMs
    while (performance.now() < startedAt + 20_000) {
      const { hits } = await wave()
      if (hits >= callers / 2) return performance.now() - startedAt - (meter.pausedMs - pausedBefore)
      await sleep(10)
    }
    return Infinity
  }

  return {
    model,
    waves,
    log,
    wave,
    drivenFor,
    async duringWave(fault) {
      const running = wave()
      await sleep(1)
      await fault()
      await running
    },
    recoveryMs,
    assertUnharmed() {
      expect(waves.flatMap(({ errors }) => errors)).toEqual([])
      // one control alone may have met a busy machine
      const usualMs = quantile(
        waves.map(({ controlMs }) => controlMs),
        0.95,
      )
      const broken = waves.filter(({ longestMs, extraMs }) => Math.min(extraMs, longestMs - usualMs) > mostExtraMs)
      expect(broken).toEqual([])
    },
  }
}

/** Those that paid a deadline. */
export function paying(waves: readonly Wave[]): readonly Wave[] {
  return waves.filter(({ extraMs }) => extraMs > noticeableMs)
}

function createLog(): [Line[], Logger] {
  const lines: Line[] = []
  const writer = (level: string) => (facts: object, text: string) =>
    void ('cache' in facts && lines.push({ level, text, facts: facts as Record<string, unknown> }))
  return [lines, { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') }]
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1]
}
