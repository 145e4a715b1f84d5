import { Keyv } from 'keyv'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type KeyvLike, loadModel, type ModelPredictor } from '../../src/index.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'

const { rows } = heldOut('credit_risk')
const callers = 200

/** What a caller may wait longer, and room for a machine that has ten times as much to do as it can. */
const longestExtraMs = 100 + 900

const never = () => new Promise<never>(() => {})
const reject = (reason: unknown) => () => Promise.reject(reason as Error)
const give = (value: unknown) => () => Promise.resolve(value)

function doThrow(): never {
  throw new Error('thrown at once')
}

/** An object whose every property throws. */
const forbidden = new Proxy(
  {},
  {
    get(_target, name) {
      if (name === 'then') return undefined
      throw new Error('forbidden')
    },
  },
)

const oddValues: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['false', false],
  ['true', true],
  ['0', 0],
  ['NaN', NaN],
  ['an empty text', ''],
  ['garbage', 'garbage'],
  ['a text that begins as ours', 'tfjs2'],
  ['an answer that nobody encoded', { label: 'good', probabilities: [1, 0] }],
  ['a list', [1, 2, 3]],
  ['bytes', new Uint8Array(9)],
  ['a date', new Date(0)],
  ['a bigint', 1n],
  ['a symbol', Symbol('value')],
  ['a function', () => 'value'],
  ['an error', new Error('value')],
  ['what cannot be touched', forbidden],
  ['Keyv’s own envelope', { value: 'tfjs2', expires: 1 }],
]

const works = give(true)

const stores: readonly (readonly [string, KeyvLike])[] = [
  ...oddValues.map(([name, value]) => [`gives ${name} for every key`, { get: give(value), set: works }] as const),
  ...oddValues.map(
    ([name, value]) =>
      [`gives ${name} for all keys at once`, { get: works, set: works, getMany: give(value) as never }] as const,
  ),
  ['gives less than it was asked for', { get: works, set: works, getMany: give(['one']) as never }],
  ['gives a list with holes', { get: works, set: works, getMany: (keys) => Promise.resolve(new Array(keys.length)) }],
  ['throws at once', { get: doThrow, set: doThrow }],
  ['throws at once when asked for many', { get: doThrow, set: doThrow, getMany: doThrow }],
  ['rejects', { get: reject(new Error('ECONNRESET')), set: reject(new Error('ECONNRESET')) }],
  ['rejects with nothing', { get: reject(undefined), set: reject(undefined), getMany: reject(null) }],
  ['rejects with what cannot be shown', { get: reject(Object.create(null)), set: reject(forbidden) }],
  ['hangs', { get: never, set: never, getMany: never }],
  ['hangs when it stores', { get: give(undefined), set: never }],
  ['does not store, and says so', { get: give(undefined), set: give(false) }],
  ['is no promise at all', { get: (() => 'text') as never, set: (() => undefined) as never }],
  ['answers by a thenable that throws', { get: (() => ({ then: doThrow })) as never, set: works }],
]

const unhandled: unknown[] = []
const onUnhandled = (error: unknown): void => void unhandled.push(error)
const opened: ModelPredictor[] = []
let plain: ModelPredictor

beforeAll(async () => {
  plain = await load(false)
})
afterAll(() => plain.close())
beforeEach(() => void process.on('unhandledRejection', onUnhandled))
afterEach(async () => {
  for (const model of opened.splice(0)) await model.close()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled.splice(0)).toEqual([])
})

async function load(caching: false | { readonly keyv: KeyvLike }): Promise<ModelPredictor> {
  return loadModel(await artifactFiles('credit_risk'), { backend: 'cpu', caching })
}

async function open(caching: { readonly keyv: KeyvLike }): Promise<ModelPredictor> {
  const model = await load(caching)
  opened.push(model)
  return model
}

/** Answers without where they come from, and how long the slowest took. */
async function drive(model: ModelPredictor) {
  const startedAt = performance.now()
  let longestMs = 0
  const answers = await Promise.all(
    rows.slice(0, callers).map(async (row) => {
      const { label, probabilities } = await model.predict(row, { useCache: true })
      longestMs = Math.max(longestMs, performance.now() - startedAt)
      return { label, probabilities }
    }),
  )
  return { answers, longestMs }
}

describe('200 predicts at once, three times, with a Keyv of the user that', () => {
  it.each(stores)('%s: all are answered, and none late', async (_what, keyv) => {
    const { answers: right, longestMs: usualMs } = await drive(plain)
    const model = await open({ keyv })
    for (let round = 0; round < 3; round++) {
      const { answers, longestMs } = await drive(model)
      expect(answers).toEqual(right)
      expect(longestMs).toBeLessThan(usualMs + longestExtraMs)
    }
    expect(model.getHealth().cache).toMatchObject({ kind: 'keyv', hits: 0 })
  })

  it('emits errors of any kind all the time: health says the latest, and hits go on', async () => {
    const keyv = new Keyv()
    keyv.on('error', () => {})
    const model = await open({ keyv })
    await drive(model)
    for (const error of [undefined, null, 5, 'text', Object.create(null), new Error('lost')]) {
      keyv.emit('error', error)
      await drive(model)
    }
    keyv.emit('error', new Error('lost'))
    expect(model.getHealth().cache).toMatchObject({ isAvailable: true, lastError: 'lost' })
    await drive(model)
    expect(model.getHealth().cache?.lastError).toBeUndefined()
    expect(model.getHealth().cache?.hits).toBeGreaterThan(callers)
  })

  it('comes back: hits resume with the first answers that it keeps', async () => {
    const entries = new Map<string, string>()
    let isDown = true
    const keyv: KeyvLike = {
      get: async (key) => (isDown ? doThrow() : entries.get(key)),
      set: async (key, text) => (isDown ? doThrow() : entries.set(key, text)),
    }
    const model = await open({ keyv })
    for (let round = 0; round < 5; round++) await drive(model)
    expect(model.getHealth().cache).toMatchObject({ isAvailable: false, lastError: 'thrown at once' })
    isDown = false
    const startedAt = performance.now()
    while ((model.getHealth().cache?.hits ?? 0) < callers && performance.now() < startedAt + 20_000) {
      await drive(model)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(performance.now() - startedAt).toBeLessThan(2000 + 1000)
    expect(model.getHealth().cache).toMatchObject({ isAvailable: true })
  })
})
