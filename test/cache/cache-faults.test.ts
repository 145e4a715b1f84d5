import { describe, expect, it } from 'vitest'
import { type CacheFaults, createCacheFaults } from '../../src/cache/cache-faults.ts'
import type { CacheChange } from '../../src/cache/cache-port.ts'
import type { Publish } from '../../src/observe/channels.ts'
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.ts'

/** What listeners heard: the operation and words of a failure, or 'well'. */
function createSubject(): { faults: CacheFaults; told: string[]; published: string[]; clock: FakeClock } {
  const clock = createFakeClock()
  const told: string[] = []
  const published: string[] = []
  const publish: Publish = (_channel, message) => {
    if ('operation' in message) published.push(message.operation)
  }
  const onChange = (change: CacheChange): void =>
    void told.push(change.kind === 'well' ? 'well' : `${change.operation}: ${(change.error as Error).message}`)
  const remedyFor = (words: string): string | undefined => (words.startsWith('OOM') ? 'raise maxmemory' : undefined)
  return { faults: createCacheFaults({ clock, publish, onChange, remedyFor }), told, published, clock }
}

const record = (faults: CacheFaults, operation: 'get' | 'set' | 'connection' | 'decode', words: string): void =>
  faults.record(operation, new Error(words))

describe('createCacheFaults', () => {
  it('tells what fails once, however often it fails, and that it works again once', () => {
    const { faults, told, published } = createSubject()
    for (let i = 0; i < 100; i++) record(faults, 'get', 'NOAUTH')
    expect(faults.lastError).toBe('NOAUTH')
    for (let i = 0; i < 100; i++) faults.clear('get')
    expect(faults.lastError).toBeUndefined()
    expect(told).toEqual(['get: NOAUTH', 'well'])
    expect(published).toEqual(['get'])
  })

  it('tells when it fails in another way', () => {
    const { faults, told } = createSubject()
    record(faults, 'connection', 'Socket closed unexpectedly')
    record(faults, 'connection', 'connect ECONNREFUSED')
    record(faults, 'connection', 'connect ECONNREFUSED')
    expect(told).toEqual(['connection: Socket closed unexpectedly', 'connection: connect ECONNREFUSED'])
  })

  it('says what to do beside the words, where that is known', () => {
    const { faults } = createSubject()
    record(faults, 'set', 'OOM command not allowed')
    expect(faults.lastError).toBe('OOM command not allowed; raise maxmemory')
  })

  it('does not tell of calls what it told of their connection, and forgets them with it', () => {
    const { faults, told } = createSubject()
    record(faults, 'connection', 'Socket closed unexpectedly')
    record(faults, 'get', 'Socket closed unexpectedly')
    record(faults, 'set', 'Socket closed unexpectedly')
    faults.clear('connection')
    expect(told).toEqual(['connection: Socket closed unexpectedly', 'well'])
    expect(faults.lastError).toBeUndefined()
  })

  it('keeps reading and writing apart: neither success hides the other’s failure', () => {
    const { faults, told } = createSubject()
    record(faults, 'set', 'OOM')
    record(faults, 'get', 'slow')
    faults.clear('get')
    expect(faults.lastError).toBe('OOM; raise maxmemory')
    expect(told).toEqual(['set: OOM', 'get: slow'])
    faults.clear('set')
    expect(told.at(-1)).toBe('well')
  })

  it('takes what could be read for a sign of the connection', () => {
    const { faults, told } = createSubject()
    record(faults, 'connection', 'lost')
    faults.clear('get')
    expect(told).toEqual(['connection: lost', 'well'])
  })

  it('calls damaged values one state, whatever their damage', () => {
    const { faults, told } = createSubject()
    for (const kind of ['foreign', 'corrupt', 'foreign', 'corrupt']) record(faults, 'decode', `a ${kind} value`)
    expect(told).toEqual(['decode: a foreign value'])
    expect(faults.lastError).toBe('a corrupt value')
    faults.clear('value')
    expect(told.at(-1)).toBe('well')
  })

  it('fills no log for a store that comes and goes, and tells the last state a minute later', () => {
    const { faults, told, clock } = createSubject()
    for (let i = 0; i < 50; i++) {
      record(faults, 'get', 'down')
      faults.clear('get')
    }
    expect(told).toHaveLength(6)
    expect(told.at(-1)).toBe('well')
    record(faults, 'get', 'down')
    clock.advance(60_000)
    record(faults, 'get', 'down')
    expect(told.slice(6)).toEqual(['get: down'])
  })

  it.each([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a symbol', Symbol('no'), 'Symbol(no)'],
    ['an object without a prototype', Object.create(null), 'it threw something that cannot be shown'],
    ['an error without a message', new RangeError(), 'RangeError'],
    ['an error with another message', Object.assign(new Error(), { message: 5 }), '5'],
    [
      'an error that throws when it is read',
      Object.defineProperty(new Error(), 'message', {
        get() {
          throw new Error('no')
        },
      }),
      'it threw something that cannot be shown',
    ],
  ])('records %s that was thrown', (_what, error: unknown, words) => {
    const silent = { publish: () => {}, onChange: () => {}, remedyFor: () => undefined }
    const faults = createCacheFaults({ clock: createFakeClock(), ...silent })
    faults.record('get', error)
    expect(faults.lastError).toBe(words)
  })
})
