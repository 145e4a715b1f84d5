import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadModel, type ModelPredictor, type Prediction } from '../../src/index.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'
import { createPauseMeter } from '../helpers/pause-meter.ts'
import { createRedisServer, type RedisServer, type RedisServerOptions, whyNoRedis } from '../helpers/redis-server.ts'

/**
 * Every fault is met by 200 predicts at once, again and again, while 200 others at the same moments go to a model with a
 * Redis that is well. They share this thread and this machine, so that what slows down both is not held against the
 * fault; nor is time in which the system did not let this process run. A wave breaks the rule where it is 100 ms slower
 * than its own control, and than 19 of 20 controls of the whole test: one of them alone may have met a busy machine.
 */
const mostExtraMs = 100
const callers = 200

/** Hits must be back by then. */
const recoversWithinMs = 2000

const reason = whyNoRedis()
const { rows } = heldOut('telco_churn')
const opened: { close(): Promise<void> }[] = []
const unhandled: unknown[] = []
const onUnhandled = (error: unknown): void => void unhandled.push(error)

beforeEach(({ skip }) => {
  skip(reason !== undefined, reason)
  process.on('unhandledRejection', onUnhandled)
})

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled.splice(0)).toEqual([])
})

async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await createRedisServer(options)
  await server.start()
  opened.push({ close: () => server.kill() })
  return server
}

async function startModel(redisUrl: string): Promise<ModelPredictor> {
  const model = await loadModel(await artifactFiles('telco_churn'), { backend: 'wasm', caching: { redisUrl } })
  opened.push(model)
  return model
}

type Wave = {
  /** Of its slowest answer. */
  readonly longestMs: number
  readonly controlMs: number
  /** How much longer it took than its control. */
  readonly extraMs: number
  readonly hits: number
  readonly errors: readonly unknown[]
}

async function createScene({ password }: RedisServerOptions = {}) {
  const [server, wellServer] = [await startRedis(password === undefined ? {} : { password }), await startRedis()]
  const url = password === undefined ? server.url : server.url.replace('redis://', `redis://:${password}@`)
  const [model, control] = [await startModel(url), await startModel(wellServer.url)]
  const meter = createPauseMeter()
  opened.push({ close: () => Promise.resolve(meter.stop()) })
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

  async function drivenFor(durationMs: number): Promise<void> {
    const end = performance.now() + durationMs
    while (performance.now() < end) {
      await wave()
      await sleep(5)
    }
  }

  /** Begins a fault in the midst of 200 calls that are under way. */
  async function duringWave(fault: () => unknown): Promise<void> {
    const running = wave()
    await sleep(1)
    await fault()
    await running
  }

  /** Milliseconds until the rows that have been asked for before come from the cache again. */
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

  function assertUnharmed(): void {
    expect(waves.flatMap(({ errors }) => errors)).toEqual([])
    const usualMs = quantile(
      waves.map(({ controlMs }) => controlMs),
      0.95,
    )
    const broken = waves.filter(({ longestMs, extraMs }) => Math.min(extraMs, longestMs - usualMs) > mostExtraMs)
    expect(broken).toEqual([])
  }

  if ((await recoveryMs()) === Infinity)
    throw new Error(
      `no hits from a Redis that is well: ${JSON.stringify([model, control].map((one) => one.getHealth()))}`,
    )
  return { server, model, waves, wave, drivenFor, duringWave, recoveryMs, assertUnharmed }
}

/** A machine that has ten times as much to do as it can pauses the one and not the other; not three times in a row. */
const unlessTooBusy = { retry: 2 }

describe('200 predicts at once, and again and again, while Redis', unlessTooBusy, () => {
  it('is killed, stays away for a second and starts again', async () => {
    const { server, model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene()
    await duringWave(() => server.kill())
    await drivenFor(1000)
    expect(model.getHealth().cache).toMatchObject({ isAvailable: false, lastError: expect.any(String) })
    await server.start()
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('is restarted at once', async () => {
    const { server, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene()
    await duringWave(async () => {
      await server.shutDown()
      await server.start()
    })
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    await drivenFor(300)
    assertUnharmed()
  })

  it('is away for so long that the connection backs off as far as it does', async () => {
    const { server, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene()
    await duringWave(() => server.kill())
    await drivenFor(6000)
    await server.start()
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('is frozen for five seconds', async () => {
    const { server, waves, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene()
    const before = waves.length
    await duringWave(() => server.freeze())
    await drivenFor(5000)
    const frozen = waves.slice(before)
    server.thaw()
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
    // a handful of waves pays a deadline, then one each time that the circuit half-opens
    expect(frozen.filter(({ extraMs }) => extraMs > 25).length).toBeLessThanOrEqual(12)
  })

  it('has another password all of a sudden', async () => {
    const { server, model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene({
      password: 'right',
    })
    await duringWave(() => server.changePassword('other'))
    await drivenFor(1500)
    expect(model.getHealth().cache?.lastError).toContain('WRONGPASS')
    await server.changePassword('right')
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('asks for a password all of a sudden', async () => {
    const { server, model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene()
    await duringWave(() => server.changePassword('secret'))
    await drivenFor(1500)
    expect(model.getHealth().cache?.lastError).toContain('NOAUTH')
    await server.changePassword('')
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('is full: what it holds is still given', async () => {
    const { server, model, waves, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene()
    const before = waves.length
    await duringWave(() => server.ask('CONFIG', 'SET', 'maxmemory', '1'))
    await drivenFor(1500)
    const full = waves.slice(before)
    expect(full.filter(({ hits }) => hits >= callers / 2).length).toBeGreaterThan(0.9 * full.length)
    expect(model.getHealth().cache).toMatchObject({ isAvailable: true, lastError: expect.stringContaining('OOM') })
    await server.ask('FLUSHALL')
    await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('holds garbage under our keys, again and again', async () => {
    const { server, model, duringWave, recoveryMs, wave, assertUnharmed } = await createScene()
    const garbage = [
      ['SET', 'garbage'],
      ['SET', '{"value":"tfjs2j","expires":1}'],
      ['SET', 'tfjs2'],
      ['SET', '\u0080\u0004cposix\nsystem\n'],
      ['RPUSH', 'a list'],
      ['APPEND', '9'],
    ]
    for (const [command, value] of garbage) {
      await duringWave(async () => {
        const keys = [...(await server.ask('KEYS', '*')).matchAll(/^tfjs-serving::.*$/gm)].map(([key]) => key.trim())
        expect(keys.length).toBeGreaterThan(callers / 2)
        for (const key of keys.slice(0, 2 * callers)) {
          if (command === 'RPUSH') await server.ask('DEL', key)
          await server.ask(command, key, value)
        }
      })
      await wave()
      expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    }
    expect(model.getHealth().cache?.isAvailable).toBe(true)
    expect(model.getHealth().cache?.errors).toBeGreaterThan(callers)
    assertUnharmed()
  })
})

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1]
}
