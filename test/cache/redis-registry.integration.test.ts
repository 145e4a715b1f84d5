import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Logger } from '../../src/index.ts'
import { heldOut } from '../helpers/artifacts.ts'
import { createRedisServer, type RedisServer, whyNoRedis } from '../helpers/redis-server.ts'
import { createRegistry, telcoDir } from '../helpers/registries.ts'

const reason = whyNoRedis()
const { rows } = heldOut('telco_churn')
let server: RedisServer

beforeEach(async ({ skip }) => {
  skip(reason !== undefined, reason)
  server = await createRedisServer()
  await server.start()
})
afterEach(() => server?.kill())

async function openRegistry(keyPrefix?: string, logger?: Logger) {
  const dir = await telcoDir()
  const registry = createRegistry(dir, {
    backend: 'wasm',
    caching: { redisUrl: server.url, ...(keyPrefix === undefined ? {} : { keyPrefix }) },
    ...(logger === undefined ? {} : { logger }),
  })
  await registry.initialize()
  return registry
}

/** How many of 200 at once came from the cache. */
async function hitsOf(registry: Awaited<ReturnType<typeof openRegistry>>): Promise<number> {
  const churn = await registry.getModelPredictor('telco_churn')
  const answers = await Promise.all(rows.slice(0, 200).map((row) => churn.predict(row, { useCache: true })))
  return answers.filter(({ source }) => source === 'cache').length
}

/** Answers are stored in the background. */
async function storedAre(count: number): Promise<void> {
  while ((await server.ask('DBSIZE')) !== `:${count}\r\n`);
}

describe('registries on one Redis', () => {
  it('share answers, and do not with another keyPrefix', async () => {
    const [one, two, apart] = [await openRegistry(), await openRegistry(), await openRegistry('apart')]
    expect(await hitsOf(one)).toBe(0)
    await storedAre(200)
    expect(await hitsOf(two)).toBe(200)
    expect(await hitsOf(apart)).toBe(0)
    await storedAre(400)
    expect(await hitsOf(apart)).toBe(200)
  })

  it('tell the user’s logger what is wrong, what to do, and that it is over', async () => {
    const lines: { level: string; facts: Record<string, unknown>; text: string }[] = []
    const at = (level: string) => (facts: object, text: string) =>
      void ('cache' in facts && lines.push({ level, facts: { ...facts }, text }))
    const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
    const registry = await openRegistry(undefined, logger)
    await server.changePassword('secret')
    const until = async (count: number): Promise<void> => {
      while (lines.length < count) await askOnce(registry)
    }
    await until(2)
    expect(lines.at(-1)).toMatchObject({
      level: 'warn',
      facts: { cache: 'redis', remedy: expect.stringContaining('redisUrl') },
      text: 'the cache cannot be read; predictions go on without it',
    })
    expect(String(lines.at(-1)?.facts['err'])).toContain('NOAUTH')
    await server.changePassword('')
    await until(3)
    expect(lines.at(-1)).toMatchObject({ level: 'info', text: 'the cache works again' })
  })
})

async function askOnce(registry: Awaited<ReturnType<typeof openRegistry>>): Promise<void> {
  const churn = await registry.getModelPredictor('telco_churn')
  await churn.predict(rows[0], { useCache: true })
  await new Promise((resolve) => setTimeout(resolve, 10))
}
