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
    type Line = (typeof lines)[number]
    // which of the connection, a read and a write hears of it first is chance
    const lineThat = async (says: (line: Line) => boolean, from = 0): Promise<Line> => {
      for (;;) {
        const found = lines.slice(from).find(says)
        if (found !== undefined) return found
        await askOnce(registry)
      }
    }
    const failed = await lineThat(
      ({ text, facts }) => text.includes('be read') && String(facts['err']).includes('NOAUTH'),
    )
    expect(failed).toMatchObject({
      level: 'warn',
      facts: { cache: 'redis', remedy: expect.stringContaining('redisUrl') },
      text: 'the cache cannot be read; predictions go on without it',
    })
    const before = lines.length
    await server.changePassword('')
    expect(await lineThat(({ text }) => text === 'the cache works again', before)).toMatchObject({ level: 'info' })
  })
})

async function askOnce(registry: Awaited<ReturnType<typeof openRegistry>>): Promise<void> {
  const churn = await registry.getModelPredictor('telco_churn')
  await churn.predict(rows[0], { useCache: true })
  await new Promise((resolve) => setTimeout(resolve, 10))
}
