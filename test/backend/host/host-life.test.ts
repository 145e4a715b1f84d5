import { expect, test } from 'vitest'
import {
  createScriptedBackend,
  endTurn,
  outcomeOf,
  runRow,
  type ScriptedBackend,
  scriptedFacts,
  smallArtifact,
} from '../../helpers/scripted-host.ts'

const notInstalled = { code: 'BACKEND_UNAVAILABLE', message: 'not installed', details: { remedy: 'native install' } }

test('starts no process before the first call', async () => {
  const { backend, hosts } = createScriptedBackend()
  expect(await backend.tensorCount()).toBe(0)
  await backend.close()
  expect(hosts.all).toHaveLength(0)
})

test('starts one process for calls that come while it starts, and says what it is', async () => {
  const { backend, hosts } = createScriptedBackend()
  const opening = [backend.open(), backend.open()]
  expect(hosts.last.asked).toEqual(['open'])
  hosts.last.answerAll()
  expect(await Promise.all(opening)).toEqual([scriptedFacts, scriptedFacts])
  expect(await backend.open()).toEqual(scriptedFacts)
  expect(hosts.all).toHaveLength(1)
})

test('remembers for a minute that a host could not be opened, and ends it', async () => {
  const { backend, hosts, clock } = createScriptedBackend()
  const opening = backend.open()
  hosts.last.fail(notInstalled)
  await expect(opening).rejects.toMatchObject(notInstalled)
  expect(hosts.last.isAskedToEnd).toBe(true)
  clock.advance(59_000)
  await expect(backend.open()).rejects.toMatchObject(notInstalled)
  expect(await backend.tensorCount()).toBe(0)
  expect(hosts.all).toHaveLength(1)
  clock.advance(1001)
  const again = backend.open()
  hosts.last.answerAll()
  await expect(again).resolves.toEqual(scriptedFacts)
  expect(backend.health()).toEqual({ restartCount: 0 })
})

test('forgets what it remembers when closed', async () => {
  const { backend, hosts } = createScriptedBackend()
  const opening = backend.open()
  hosts.last.fail(notInstalled)
  await expect(opening).rejects.toMatchObject(notInstalled)
  hosts.last.die()
  await backend.close()
  const again = backend.open()
  hosts.last.answerAll()
  await expect(again).resolves.toEqual(scriptedFacts)
})

test('refuses everyone who waits where no process can be made', async () => {
  const { backend, hosts, clock } = createScriptedBackend()
  hosts.failure = new Error('run npm run build')
  const expected = { code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('run npm run build') }
  await expect(backend.open()).rejects.toMatchObject(expected)
  hosts.failure = undefined
  await expect(backend.open()).rejects.toMatchObject(expected)
  clock.advance(60_001)
  const opening = backend.open()
  hosts.last.answerAll()
  await expect(opening).resolves.toEqual(scriptedFacts)
})

test('starts once more where a host dies before it is open, and refuses when that one dies too', async () => {
  const { backend, hosts, clock } = createScriptedBackend()
  const opening = backend.open()
  hosts.last.die('died by SIGILL')
  expect(hosts.all).toHaveLength(2)
  hosts.last.die('died by SIGILL')
  await expect(opening).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('died by SIGILL'),
  })
  await expect(backend.open()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  expect(hosts.all).toHaveLength(2)
  expect(backend.health()).toEqual({ restartCount: 1, lastLoss: 'died by SIGILL' })
  clock.advance(60_000)
  const again = backend.open()
  hosts.last.die()
  hosts.last.answerAll()
  await expect(again).resolves.toEqual(scriptedFacts)
})

test('gives a closed backend both of its starts again', async () => {
  const { backend, hosts } = createScriptedBackend()
  const closed = backend.open()
  hosts.last.die()
  void backend.close()
  await expect(closed).rejects.toMatchObject({ code: 'CLOSED' })
  hosts.last.die()
  const opening = backend.open()
  hosts.last.die()
  hosts.last.answerAll()
  await expect(opening).resolves.toEqual(scriptedFacts)
})

test('counts deaths while starting one after the other only: a start in between clears them', async () => {
  const { backend, hosts, load } = createScriptedBackend()
  const first = backend.open()
  hosts.last.die()
  hosts.last.answerAll()
  await first
  await load()
  hosts.last.die()
  hosts.last.die()
  hosts.last.answerAll()
  await expect(backend.open()).resolves.toEqual(scriptedFacts)
})

test('kills a host that does not open within a minute and refuses', async () => {
  const { backend, hosts, clock } = createScriptedBackend()
  const opening = outcomeOf(backend.open())
  clock.advance(59_999)
  await endTurn()
  expect(opening.count).toBe(0)
  clock.advance(1)
  await endTurn()
  expect(opening.settled).toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('no answer within 60000 ms'),
  })
  expect(hosts.last.isKilled).toBe(true)
  expect(hosts.all).toHaveLength(1)
})

test('ends the process five seconds after its last model went', async () => {
  const { hosts, clock, load } = createScriptedBackend()
  const model = await load()
  clock.advance(600_000)
  expect(hosts.last.isAskedToEnd).toBe(false)
  model.dispose()
  hosts.last.answerAll()
  clock.advance(4999)
  expect(hosts.last.isAskedToEnd).toBe(false)
  clock.advance(1)
  expect(hosts.last.isAskedToEnd).toBe(true)
  clock.advance(10)
  expect(clock.pendingTimers).toBe(0)
})

test('keeps the process for a model that is loaded while it lingers', async () => {
  const { hosts, clock, load } = createScriptedBackend()
  const model = await load()
  model.dispose()
  clock.advance(4999)
  const next = await load()
  clock.advance(60_000)
  expect(hosts.all).toHaveLength(1)
  expect(hosts.last.isAskedToEnd).toBe(false)
  const running = runRow(next, 4)
  hosts.last.answerAll()
  expect(await running).toBe(8)
})

test('ends a process that was opened and never given a model', async () => {
  const { backend, hosts, clock } = createScriptedBackend()
  const opening = backend.open()
  hosts.last.answerAll()
  await opening
  clock.advance(5000)
  expect(hosts.last.isAskedToEnd).toBe(true)
  const again = backend.open()
  expect(hosts.all).toHaveLength(1)
  clock.advance(10)
  hosts.last.answerAll()
  await again
  expect(hosts.all).toHaveLength(2)
  expect(backend.health()).toEqual({ restartCount: 0 })
})

test('holds this process only while somebody waits for an answer', async () => {
  const { backend, hosts, clock, load } = createScriptedBackend()
  const model = await load()
  expect(hosts.last.isHeld).toBe(false)
  const running = runRow(model, 1)
  expect(hosts.last.isHeld).toBe(true)
  hosts.last.answerAll()
  await running
  expect(hosts.last.isHeld).toBe(false)
  hosts.last.die()
  expect(hosts.last.isHeld).toBe(false)
  const late = runRow(model, 1)
  expect(hosts.last.isHeld).toBe(true)
  hosts.last.answerAll()
  await late
  const closing = backend.close()
  expect(hosts.last.isHeld).toBe(true)
  clock.advance(10)
  await closing
  expect(hosts.last.isHeld).toBe(false)
})

test('holds no process for the batch of a disposed model, which it may never end', async () => {
  const { hosts, load } = createScriptedBackend()
  const [model, other] = [await load(), await load()]
  const running = runRow(model, 1)
  expect(hosts.last.isHeld).toBe(true)
  model.dispose()
  expect(hosts.last.isHeld).toBe(false)
  const next = runRow(other, 2)
  expect(hosts.last.isHeld).toBe(true)
  hosts.last.answerAll()
  expect([await running, await next]).toEqual([2, 4])
})

/** Hosts die until the backend rests: three are made anew, and the fourth death is one too many. */
function dieTooOften({ hosts }: ScriptedBackend): void {
  for (let death = 1; death <= 4; death++) {
    hosts.last.die(`death ${death}`)
    if (death < 4) hosts.last.answerAll()
  }
}

test('rests after four deaths within a minute, and says until when', async () => {
  const subject = createScriptedBackend()
  const { backend, hosts, clock, load } = subject
  const model = await load()
  for (let death = 1; death <= 3; death++) {
    clock.advance(15_000)
    hosts.last.die(`death ${death}`)
    hosts.last.answerAll()
  }
  const running = runRow(model, 1)
  hosts.last.die('death 4')
  const expected = { code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('death 4') }
  await expect(running).rejects.toMatchObject({ ...expected, retryAfterMs: 10_000 })
  clock.advance(4_000)
  await expect(runRow(model, 1)).rejects.toMatchObject({ ...expected, retryAfterMs: 6_000 })
  await expect(backend.load(smallArtifact)).rejects.toMatchObject(expected)
  await expect(backend.open()).rejects.toMatchObject(expected)
  expect(hosts.all).toHaveLength(4)
  expect(backend.health()).toEqual({
    restartCount: 3,
    lastLoss: 'death 4',
    outage: expect.stringMatching(/lost too often.*death 4.*tried again by itself after 10 s/),
  })
})

test('starts by itself after its rest, without a caller, and serves its models again', async () => {
  const subject = createScriptedBackend()
  const { backend, hosts, clock, load } = subject
  const model = await load()
  dieTooOften(subject)
  clock.advance(9_999)
  expect(hosts.all).toHaveLength(4)
  clock.advance(1)
  expect(hosts.all).toHaveLength(5)
  expect(backend.health().outage).toMatch(/lost too often/)
  hosts.last.answerAll()
  expect(hosts.last.asked).toEqual(['open', 'load 1'])
  expect(backend.health()).toEqual({ restartCount: 4, lastLoss: 'death 4' })
  const running = runRow(model, 5)
  hosts.last.answerAll()
  expect(await running).toBe(10)
  expect(clock.pendingTimers).toBe(0)
})

test('rests twice as long each time that the host on trial dies too, up to five minutes', async () => {
  const subject = createScriptedBackend()
  const { backend, hosts, clock, load } = subject
  const model = await load()
  dieTooOften(subject)
  for (const restMs of [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
    const count = hosts.all.length
    clock.advance(restMs - 1)
    await expect(runRow(model, 1)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', retryAfterMs: 1 })
    expect(hosts.all).toHaveLength(count)
    clock.advance(1)
    expect(hosts.all).toHaveLength(count + 1)
    hosts.last.answerAll()
    const running = runRow(model, 1)
    hosts.last.die('again')
    await expect(running).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
    expect(backend.health().outage).toMatch(/again/)
  }
})

test('forgets its rests once a host has lived for as long as it last rested', async () => {
  const subject = createScriptedBackend()
  const { hosts, clock, load } = subject
  await load()
  dieTooOften(subject)
  clock.advance(10_000)
  hosts.last.answerAll()
  hosts.last.die()
  clock.advance(20_000)
  hosts.last.answerAll()
  clock.advance(60_000)
  const count = hosts.all.length
  for (let death = 1; death <= 4; death++) {
    hosts.last.die()
    if (death < 4) hosts.last.answerAll()
  }
  expect(hosts.all).toHaveLength(count + 3)
  clock.advance(10_000)
  expect(hosts.all).toHaveLength(count + 4)
})

test('tries again soon where a host that served cannot be made anew', async () => {
  const { backend, hosts, clock, load } = createScriptedBackend()
  const model = await load()
  hosts.failure = new Error('no more processes')
  hosts.last.die()
  await expect(runRow(model, 1)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', retryAfterMs: 10_000 })
  expect(backend.health().outage).toMatch(/could not be started: Error: no more processes/)
  hosts.failure = undefined
  clock.advance(10_000)
  hosts.last.answerAll()
  expect(backend.health().outage).toBeUndefined()
  const running = runRow(model, 5)
  hosts.last.answerAll()
  expect(await running).toBe(10)
})

test('forgets its rest when closed', async () => {
  const subject = createScriptedBackend()
  const { backend, hosts, clock, load } = subject
  const model = await load()
  dieTooOften(subject)
  await backend.close()
  expect(clock.pendingTimers).toBe(0)
  await expect(runRow(model, 1)).rejects.toMatchObject({ code: 'CLOSED' })
  const next = await load()
  const again = runRow(next, 5)
  hosts.last.die('death 5')
  hosts.last.answerAll()
  expect(await again).toBe(10)
  expect(backend.health().outage).toBeUndefined()
})

test('starts no host after a rest that nobody waits for, and can be had again then', async () => {
  const subject = createScriptedBackend()
  const { hosts, clock, load } = subject
  const model = await load()
  dieTooOften(subject)
  model.dispose()
  expect(clock.pendingTimers).toBe(0)
  clock.advance(9_999)
  await expect(load()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  clock.advance(1)
  expect(hosts.all).toHaveLength(4)
  const running = runRow(await load(), 5)
  hosts.last.answerAll()
  expect(await running).toBe(10)
})

test('goes on for ever with deaths that are far apart', async () => {
  const { hosts, clock, load } = createScriptedBackend()
  const model = await load()
  for (let death = 1; death <= 12; death++) {
    clock.advance(20_001)
    hosts.last.die()
    hosts.last.answerAll()
  }
  const running = runRow(model, 3)
  hosts.last.answerAll()
  expect(await running).toBe(6)
})

test('starts the next host only when the last one is gone, which may hold the memory of the device', async () => {
  const { hosts, clock, load } = createScriptedBackend()
  const model = await load()
  hosts.endsAfterMs = 700
  const running = runRow(model, 2)
  hosts.last.say({ kind: 'lost', reason: 'device lost' })
  clock.advance(699)
  expect(hosts.all).toHaveLength(1)
  clock.advance(1)
  expect(hosts.all).toHaveLength(2)
  hosts.last.answerAll()
  expect(await running).toBe(4)
})

test('kills what does not end, and waits no longer for what cannot be killed', async () => {
  const { hosts, clock, load } = createScriptedBackend()
  const model = await load()
  hosts.endsAfterMs = Infinity
  hosts.killsAfterMs = Infinity
  const running = runRow(model, 2)
  hosts.last.say({ kind: 'lost', reason: 'device lost' })
  clock.advance(999)
  expect(hosts.last.isKilled).toBe(false)
  clock.advance(1)
  expect(hosts.last.isKilled).toBe(true)
  clock.advance(999)
  expect(hosts.all).toHaveLength(1)
  clock.advance(1)
  hosts.last.answerAll()
  expect(await running).toBe(4)
  expect(hosts.all).toHaveLength(2)
})

test('forgets a host that was wanted while another left, where nobody wants it any more', async () => {
  const { backend, hosts, clock, load } = createScriptedBackend()
  const model = await load()
  hosts.last.say({ kind: 'lost', reason: 'device lost' })
  model.dispose()
  clock.advance(10)
  expect(hosts.all).toHaveLength(1)
  expect(await backend.tensorCount()).toBe(0)
  expect(clock.pendingTimers).toBe(0)
})
