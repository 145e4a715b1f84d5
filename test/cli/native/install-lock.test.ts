// The lock of an install: one at a time, waiting for the living, taking over from the dead.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type LockOptions, withLock } from '../../../src/cli/native/install-lock.ts'
import type { Machine } from '../../../src/cli/native/machine.ts'
import { createFakeInstall, place } from './fake-install.ts'

const nowMs = Date.UTC(2030, 0)
const livingPid = 4_000_001
const deadPid = 4_000_002

/** A lock whose waiting is `onWait`, on a machine where process `livingPid` runs and `deadPid` does not. */
function createLock(onWait: () => void = () => {}, onAsk: () => void = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-serving-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'install.lock')
  let waits = 0
  const machine = {
    processStart(pid: number) {
      if (pid === deadPid) onAsk()
      return Promise.resolve(pid === process.pid ? 'own start' : pid === livingPid ? 'its start' : undefined)
    },
    wait(_delayMs: number, signal?: AbortSignal) {
      waits++
      onWait()
      signal?.throwIfAborted()
      return Promise.resolve()
    },
    nowMs: () => nowMs,
  } as unknown as Machine
  return {
    path,
    waits: () => waits,
    hold: (owner: object | string) =>
      place(folder, 'install.lock', typeof owner === 'string' ? owner : JSON.stringify(owner)),
    take: (work: () => Promise<string> = () => Promise.resolve('done'), options: LockOptions = {}) =>
      withLock(path, machine, work, options),
  }
}

test('is held while the work is done, and given back after it and after its error', async () => {
  const { path, take } = createLock()
  const work = () => Promise.resolve(readFileSync(path, 'utf8'))
  expect(JSON.parse(await take(work))).toEqual({ host: hostname(), pid: process.pid, start: 'own start' })
  await expect(take(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(readdirSync(dirname(path))).toEqual([])
})

test('waits for a living process until it has given the lock back, and says for whom', async () => {
  const waitedFor: number[] = []
  const lock = createLock(() => {
    if (lock.waits() === 3) rmSync(lock.path)
  })
  lock.hold({ host: hostname(), pid: livingPid, start: 'its start' })
  expect(await lock.take(undefined, { onWait: (pid) => waitedFor.push(pid) })).toBe('done')
  expect({ waits: lock.waits(), waitedFor }).toEqual({ waits: 3, waitedFor: [livingPid] })
})

test.each<[string, object | string]>([
  ['of a process that died', { host: hostname(), pid: deadPid, start: 'its start' }],
  ['of a process whose number was given to another', { host: hostname(), pid: livingPid, start: 'an earlier start' }],
  ['of an earlier process with our number', { host: hostname(), pid: process.pid, start: 'an earlier start' }],
  ['that is no lock', '{"host"'],
  ['that is empty', ''],
])('takes over a lock %s, without waiting', async (_title, owner) => {
  const lock = createLock()
  lock.hold(owner)
  expect(await lock.take()).toBe('done')
  expect({ waits: lock.waits(), left: readdirSync(dirname(lock.path)) }).toEqual({ waits: 0, left: [] })
})

test('who finds a lock dead that another has just replaced gives the new one back, and waits', async () => {
  const living = JSON.stringify({ host: hostname(), pid: livingPid, start: 'its start' })
  const found: string[] = []
  const lock = createLock(
    () => {
      found.push(readFileSync(lock.path, 'utf8'))
      rmSync(lock.path)
    },
    () => lock.hold(living),
  )
  lock.hold({ host: hostname(), pid: deadPid, start: 'its start' })
  expect(await lock.take()).toBe('done')
  expect(found).toEqual([living])
})

test('an owner on another machine is waited for while it shows that it lives, and replaced once it does not', async () => {
  const lock = createLock(() => {
    // its last beat
    if (lock.waits() === 2) utimesSync(lock.path, (nowMs - 61_000) / 1000, (nowMs - 61_000) / 1000)
  })
  lock.hold({ host: `not-${hostname()}`, pid: 1, start: '1' })
  utimesSync(lock.path, (nowMs - 59_000) / 1000, (nowMs - 59_000) / 1000)
  expect(await lock.take()).toBe('done')
  expect(lock.waits()).toBe(2)
})

test('an interruption ends the waiting, and leaves the lock to its owner', async () => {
  const interruption = new AbortController()
  const lock = createLock(() => interruption.abort(new Error('stop')))
  lock.hold({ host: hostname(), pid: livingPid, start: 'its start' })
  await expect(lock.take(undefined, { signal: interruption.signal })).rejects.toThrow('stop')
  expect(existsSync(lock.path)).toBe(true)
})

test('does not give back what another has taken over meanwhile', async () => {
  const lock = createLock()
  await lock.take(async () => {
    lock.hold('of another')
    return ''
  })
  expect(readFileSync(lock.path, 'utf8')).toBe('of another')
})

test('many at once work one after the other', async () => {
  const lock = createLock()
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setImmediate(resolve))
    inside--
    return 'done'
  }
  lock.hold({ host: hostname(), pid: deadPid, start: 'its start' })
  const results = await Promise.all(Array.from({ length: 8 }, () => lock.take(work)))
  expect({ most, results: new Set(results) }).toEqual({ most: 1, results: new Set(['done']) })
})

test('of two installs at once, one works and the other finds its work done', async () => {
  const fake = createFakeInstall()
  const both = await Promise.all([fake.run(), fake.run()])
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  const texts = both.map(({ stdout }) => stdout.slice(0, 17)).sort()
  expect(texts).toEqual(['installed Tensor', 'installed already'].map((text) => expect.stringContaining(text)).sort())
  expect(fake.calls).toEqual(['pip', 'npm', 'tar', 'tar', 'compile', 'prove'])
})
