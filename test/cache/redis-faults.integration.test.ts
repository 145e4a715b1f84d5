import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { callers, paying, recoversWithinMs, useRedisScenes } from '../helpers/redis-scene.ts'

const { startRedis, createScene } = useRedisScenes()

/** 200 keys in a second; and it answers meanwhile, as it does while it loads gigabytes. */
const slowLoading = ['--key-load-delay', '5000', '--loading-process-events-interval-bytes', '1024']

/** A machine that has ten times as much to do as it can pauses the one and not the other; not three times in a row. */
const unlessTooBusy = { retry: 2 }

describe('200 predicts at once, and again and again, while Redis', unlessTooBusy, () => {
  it('is killed, stays away for a second and starts again', async () => {
    const server = await startRedis()
    const { model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(server.url)
    await duringWave(() => server.kill())
    await drivenFor(700)
    expect(model.getHealth().cache).toMatchObject({
      isAvailable: false,
      lastError: expect.stringMatching(/ECONNREFUSED.*redisUrl/),
    })
    await server.start()
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('is restarted at once', async () => {
    const server = await startRedis()
    const { drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(server.url)
    await duringWave(async () => {
      await server.shutDown()
      await server.start()
    })
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    await drivenFor(300)
    assertUnharmed()
  })

  it('is away for so long that the connection backs off as far as it does: callers wait for nothing', async () => {
    const server = await startRedis()
    const { waves, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(server.url)
    const before = waves.length
    await duringWave(() => server.kill())
    await drivenFor(3000)
    expect(paying(waves.slice(before)).length).toBeLessThanOrEqual(3)
    await server.start()
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('is frozen for five seconds: a handful of calls pay a deadline, and then none', async () => {
    const server = await startRedis()
    const { model, waves, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(server.url)
    const before = waves.length
    await duringWave(() => server.freeze())
    await drivenFor(2500)
    const late = await drivenFor(2500)
    expect(paying(waves.slice(before)).length).toBeLessThanOrEqual(7)
    expect(paying(late).length).toBeLessThanOrEqual(2)
    expect(model.getHealth().cache?.isAvailable).toBe(false)
    server.thaw()
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('is not there at the start and comes later', async () => {
    const server = await startRedis()
    await server.kill()
    const { model, log, drivenFor, recoveryMs, assertUnharmed } = await createScene(server.url, { startsWell: false })
    expect(paying(await drivenFor(900)).length).toBeLessThanOrEqual(1)
    expect(model.getHealth().cache?.lastError).toContain('ECONNREFUSED')
    await server.start()
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    expect(log.map(({ level }) => level)).toEqual(['warn', 'info'])
    assertUnharmed()
  })

  it('still loads what it had when it was restarted', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tfjs-serving-test-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const server = await startRedis()
    await server.kill()
    await server.start({ flags: ['--dir', dir] })
    const { model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(server.url)
    expect(await server.ask('SAVE')).toContain('OK')
    await duringWave(async () => {
      await server.kill()
      await server.start({ flags: ['--dir', dir, ...slowLoading], isWaitedFor: false })
    })
    const seen: (string | undefined)[] = []
    for (let i = 0; i < 5; i++) {
      await drivenFor(150)
      seen.push(model.getHealth().cache?.lastError)
    }
    expect(seen.join('\n')).toContain('LOADING')
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('takes no further connection', async () => {
    const server = await startRedis()
    const { model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(server.url)
    const operator = await server.hold()
    await duringWave(async () => {
      await operator.ask('CONFIG', 'SET', 'maxclients', '1')
      await operator.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    })
    expect(paying(await drivenFor(900)).length).toBeLessThanOrEqual(3)
    expect(model.getHealth().cache?.lastError).toMatch(/max number of clients reached.*maxclients/)
    await operator.ask('CONFIG', 'SET', 'maxclients', '1000')
    operator.close()
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('is full: what it holds is still given', async () => {
    const server = await startRedis()
    const { model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(server.url)
    await duringWave(() => server.ask('CONFIG', 'SET', 'maxmemory', '1'))
    const full = await drivenFor(900)
    expect(full.filter(({ hits }) => hits >= callers / 2).length).toBeGreaterThan(0.9 * full.length)
    expect(model.getHealth().cache).toMatchObject({
      isAvailable: true,
      lastError: expect.stringMatching(/^OOM.*maxmemory-policy allkeys-lru/),
    })
    await server.ask('FLUSHALL')
    await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })
})
