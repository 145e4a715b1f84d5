import { describe, expect, it } from 'vitest'
import { callers, paying, recoversWithinMs, useRedisScenes } from '../helpers/redis-scene.ts'
import type { RedisServer } from '../helpers/redis-server.ts'

const { startRedis, startProxy, createScene } = useRedisScenes()

const unlessTooBusy = { retry: 2 }

const withPassword = ({ url }: RedisServer, password: string): string =>
  url.replace('redis://', `redis://:${password}@`)

describe('200 predicts at once, and again and again, while Redis', unlessTooBusy, () => {
  it('has another password all of a sudden', async () => {
    const server = await startRedis({ password: 'right' })
    const { model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(
      withPassword(server, 'right'),
    )
    await duringWave(() => server.changePassword('other'))
    await drivenFor(800)
    expect(model.getHealth().cache?.lastError).toMatch(/WRONGPASS.*redisUrl/)
    await server.changePassword('right')
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('asks for a password all of a sudden', async () => {
    const server = await startRedis()
    const { model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(server.url)
    await duringWave(() => server.changePassword('secret'))
    await drivenFor(800)
    expect(model.getHealth().cache?.lastError).toMatch(/NOAUTH.*redisUrl/)
    await server.changePassword('')
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it('is restarted with another password, and again with the right one', async () => {
    const server = await startRedis({ password: 'right' })
    const { model, log, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(
      withPassword(server, 'right'),
    )
    await duringWave(async () => {
      await server.kill()
      server.setNextPassword('other')
      await server.start()
    })
    await drivenFor(800)
    expect(model.getHealth().cache?.lastError).toContain('WRONGPASS')
    await server.kill()
    server.setNextPassword('right')
    await server.start()
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    expect(JSON.stringify(log)).not.toMatch(/right@|:right/)
    assertUnharmed()
  })

  it('has another password from the start', async () => {
    const server = await startRedis({ password: 'other' })
    const { model, drivenFor, recoveryMs, assertUnharmed } = await createScene(withPassword(server, 'right'), {
      startsWell: false,
    })
    expect(paying(await drivenFor(600)).length).toBeLessThanOrEqual(1)
    expect(model.getHealth().cache?.lastError).toContain('WRONGPASS')
    await server.changePassword('right')
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it.each([
    ['read', ['-get', '-mget'], ['+get', '+mget'], /NOPERM.*'mget'.*ACL SETUSER cacher .*~tfjs-serving::\*.*\+mget/],
    [
      'touch our keys',
      ['resetkeys', '~other:*'],
      ['~tfjs-serving::*'],
      /NOPERM.*ACL SETUSER cacher .*~tfjs-serving::\*/,
    ],
  ])('does not let its user %s any more', async (_what, taken, given, words) => {
    const server = await startRedis()
    await server.ask('ACL', 'SETUSER', 'cacher', 'on', '>pw', '~tfjs-serving::*', '+get', '+mget', '+set', '+ping')
    const { model, log, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(
      server.url.replace('redis://', 'redis://cacher:pw@'),
    )
    await duringWave(() => server.ask('ACL', 'SETUSER', 'cacher', ...taken))
    expect(paying(await drivenFor(600)).length).toBeLessThanOrEqual(3)
    expect(model.getHealth().cache).toMatchObject({ isAvailable: false, lastError: expect.stringMatching(words) })
    await server.ask('ACL', 'SETUSER', 'cacher', ...given)
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    expect(log.length).toBeLessThanOrEqual(6)
    assertUnharmed()
  })

  it('does not let its user write: what it holds is still given', async () => {
    const server = await startRedis()
    await server.ask('ACL', 'SETUSER', 'cacher', 'on', '>pw', '~tfjs-serving::*', '+get', '+mget', '+set', '+ping')
    const { model, log, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(
      server.url.replace('redis://', 'redis://cacher:pw@'),
    )
    await duringWave(() => server.ask('ACL', 'SETUSER', 'cacher', '-set'))
    const waves = await drivenFor(600)
    expect(waves.filter(({ hits }) => hits >= callers / 2).length).toBeGreaterThan(0.9 * waves.length)
    expect(model.getHealth().cache).toMatchObject({
      isAvailable: true,
      lastError: expect.stringMatching(/NOPERM.*'set'.*ACL SETUSER cacher .*\+set/),
    })
    expect(log.map(({ level }) => level)).toEqual(['warn'])
    await server.ask('ACL', 'SETUSER', 'cacher', '+set')
    await drivenFor(1100)
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    expect(model.getHealth().cache?.lastError).toBeUndefined()
    expect(log.map(({ level }) => level)).toEqual(['warn', 'info'])
    assertUnharmed()
  })

  it('becomes a replica, which only reads, of another one', async () => {
    const [server, primary] = [await startRedis(), await startRedis()]
    const { model, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(server.url)
    await duringWave(() => server.ask('REPLICAOF', '127.0.0.1', String(primary.port)))
    await drivenFor(800)
    expect(model.getHealth().cache?.lastError).toMatch(/READONLY.*primary/)
    await server.ask('REPLICAOF', 'NO', 'ONE')
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    assertUnharmed()
  })

  it.each([
    ['-MOVED 3999 127.0.0.1:6381', /MOVED.*cluster/],
    ['-CLUSTERDOWN Hash slot not served', /CLUSTERDOWN.*cluster/],
    ["-CROSSSLOT Keys in request don't hash to the same slot", /CROSSSLOT.*cluster/],
    ["-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", /MASTERDOWN.*primary/],
    ['-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.', /BUSY/],
    ["-ERR unknown command 'MGET', with args beginning with:", /unknown command.*GET, MGET, SET/],
    ['+OK', /ping was answered with OK/],
  ])('answers everything with %s', async (line, words) => {
    const server = await startRedis()
    const proxy = await startProxy(server)
    const { model, log, drivenFor, duringWave, recoveryMs, assertUnharmed } = await createScene(proxy.url)
    await duringWave(() => proxy.pass({ kind: 'answered', line }))
    expect(paying(await drivenFor(450)).length).toBeLessThanOrEqual(3)
    expect(model.getHealth().cache?.lastError).toMatch(words)
    proxy.pass({ kind: 'through' })
    expect(await recoveryMs()).toBeLessThan(recoversWithinMs)
    expect(log.length).toBeLessThanOrEqual(8)
    assertUnharmed()
  })
})
