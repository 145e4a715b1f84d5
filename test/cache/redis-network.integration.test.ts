import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ModelPredictor } from '../../src/index.ts'
import { heldOut } from '../helpers/artifacts.ts'
import { callers, paying, recoversWithinMs, useRedisScenes } from '../helpers/redis-scene.ts'
import type { RedisServer } from '../helpers/redis-server.ts'
import type { Passage } from '../helpers/tcp-proxy.ts'

const { startRedis, startProxy, createScene } = useRedisScenes()

const unlessTooBusy = { retry: 2 }

const faults: readonly [string, Passage, RegExp][] = [
  ['late by 80 ms', { kind: 'late', byMs: 80 }, /no reply within 50 ms/],
  ['swallowed by the network', { kind: 'swallowed' }, /no reply within|timeout/i],
  ['cut off in the middle, each time', { kind: 'cut' }, /closed unexpectedly/i],
  ['other bytes than were sent', { kind: 'garbled', garble: ({ length }) => randomBytes(length) }, /./],
  [
    'of a server that speaks HTTP',
    { kind: 'garbled', garble: () => Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n') },
    /./,
  ],
  ['one too many each', { kind: 'garbled', garble: (reply) => Buffer.concat([reply, Buffer.from('+OK\r\n')]) }, /./],
  ['with a bit flipped', { kind: 'garbled', garble: flipBit }, /./],
]

describe('200 predicts at once, and again and again, while replies of Redis are', unlessTooBusy, () => {
  it.each(faults)('%s', async (_what, passage, words) => {
    const server = await startRedis()
    const proxy = await startProxy(server)
    const { model, log, waves, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(proxy.url)
    const before = waves.length
    await duringWave(() => proxy.pass(passage))
    await drivenFor(1200)
    expect(model.getHealth().cache?.lastError).toMatch(words)
    expect(paying(waves.slice(before)).length).toBeLessThanOrEqual(8)
    expect(log.length).toBeLessThanOrEqual(12)
    proxy.pass({ kind: 'through' })
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })
})

describe('200 predicts at once, and again and again, while Redis', unlessTooBusy, () => {
  it('holds garbage under our keys, again and again', async () => {
    const server = await startRedis()
    const { model, duringWave, recoveryMs, wave, assertUnharmed } = await createScene(server.url)
    const [mine] = await keysIn(server)
    const text = String(await server.ask('GET', mine)).split('\r\n')[1]
    const garbage = [
      ['SET', 'garbage'],
      ['SET', ''],
      ['SET', '{"value":"tfjs2j","expires":1}'],
      ['SET', 'tfjs2'],
      ['SET', 'tfjs9j{"of":"another version"}'],
      ['SET', text.slice(0, text.length / 2)],
      ['SET', text.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) ^ 1))],
      ['SET', '\u0080\u0004cposix\nsystem\n'],
      ['RPUSH', 'a list'],
      ['SADD', 'a set'],
      ['APPEND', '9'],
    ]
    for (const [command, value] of garbage) {
      await duringWave(async () => {
        const keys = await keysIn(server)
        expect(keys.length).toBeGreaterThan(callers / 2)
        for (const key of keys.slice(0, 2 * callers)) {
          if (command !== 'SET') await server.ask('DEL', key)
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

  it('holds a value of 4 MiB under one of our keys', async () => {
    const server = await startRedis()
    const { model, duringWave, drivenFor, recoveryMs, assertUnharmed } = await createScene(server.url)
    const key = await keyOfFirstRow(server, model)
    await duringWave(() => server.ask('SETRANGE', key, String(4 * 1024 ** 2), 'x'))
    await drivenFor(300)
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    expect(model.getHealth().cache?.errors).toBeGreaterThan(0)
    assertUnharmed()
  })

  it.each([16, 64])(
    'holds a value of %i MiB under one of our keys: its bytes hold this thread up, but then they are gone',
    async (mebibytes) => {
      const server = await startRedis()
      const { model, waves, wave, duringWave, recoveryMs } = await createScene(server.url)
      const key = await keyOfFirstRow(server, model)
      const before = waves.length
      await duringWave(() => server.ask('SETRANGE', key, String(mebibytes * 1024 ** 2), 'x'))
      for (let i = 0; i < 10; i++) await wave()
      expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
      const met = waves.slice(before)
      expect(met.flatMap(({ errors }) => errors)).toEqual([])
      expect(paying(met).length).toBeLessThanOrEqual(5)
      expect(await server.ask('STRLEN', key)).toMatch(/^:\d{1,3}\r\n$/)
    },
  )
})

/** Of a row that is asked for in every wave. */
async function keyOfFirstRow(server: RedisServer, model: ModelPredictor): Promise<string> {
  // what the waves before have stored is there by then
  await sleep(200)
  await server.ask('FLUSHALL')
  await model.predict(heldOut('telco_churn').rows[0], { useCache: true })
  for (;;) {
    const [key] = await keysIn(server)
    if (key !== undefined) return key
  }
}

async function keysIn(server: RedisServer): Promise<string[]> {
  return [...(await server.ask('KEYS', '*')).matchAll(/^tfjs-serving::.*$/gm)].map(([key]) => key.trim())
}

function flipBit(reply: Buffer): Buffer {
  const flipped = Buffer.from(reply)
  const at = Math.floor(Math.random() * reply.length)
  flipped[at] ^= 1 << Math.floor(Math.random() * 8)
  return flipped
}
