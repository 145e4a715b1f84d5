import { afterEach, describe, expect, it } from 'vitest'
import { type CachingOptions, type KeyvLike, loadModel, type ModelPredictor } from '../../src/index.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'

const [row] = heldOut('credit_risk').rows
const opened: ModelPredictor[] = []
afterEach(async () => {
  for (const model of opened.splice(0)) await model.close()
})

/** One store of several models, as it is in Redis. */
function createStore(): [KeyvLike, Map<string, string>] {
  const entries = new Map<string, string>()
  const keyv: KeyvLike = {
    get: (key) => Promise.resolve(entries.get(key)),
    set: (key, text) => Promise.resolve(entries.set(key, text)),
  }
  return [keyv, entries]
}

async function open(caching: CachingOptions, isEvaluated = false): Promise<ModelPredictor> {
  const files = await artifactFiles('credit_risk', '1.0.0', isEvaluated)
  const model = await loadModel(files, { backend: 'cpu', caching })
  opened.push(model)
  return model
}

async function sourceOf(model: ModelPredictor, tenant?: string): Promise<string> {
  const options = { useCache: true, ...(tenant === undefined ? {} : { tenant }) }
  const { source } = await model.predict(row, options)
  // what it stored is in the store before the next one asks
  await new Promise((resolve) => setImmediate(resolve))
  return source
}

describe('answers in a store that models share', () => {
  it('are those of every process that serves the same artifact', async () => {
    const [keyv] = createStore()
    const [one, other] = [await open({ keyv }), await open({ keyv })]
    expect(await sourceOf(one)).toBe('model')
    expect(await sourceOf(other)).toBe('cache')
    expect((await other.predict(row, { useCache: true })).probabilities).toEqual(
      (await one.predict(row, { useCache: false })).probabilities,
    )
  })

  it('are kept apart by tenant, whatever the tenants are called', async () => {
    const [keyv] = createStore()
    const model = await open({ keyv })
    for (const tenant of [undefined, '', 'a', 'b', 'a"', '"]-h', '__proto__']) {
      expect(await sourceOf(model, tenant)).toBe('model')
      expect(await sourceOf(model, tenant)).toBe('cache')
    }
  })

  it('are kept apart by keyPrefix', async () => {
    const [keyv, entries] = createStore()
    const [one, other] = [await open({ keyv, keyPrefix: 'one/' }), await open({ keyv, keyPrefix: 'other/' })]
    expect(await sourceOf(one)).toBe('model')
    expect(await sourceOf(other)).toBe('model')
    expect([...entries.keys()].map((key) => key.slice(0, key.indexOf('/')))).toEqual(['one', 'other'])
  })

  it('are kept apart by artifact: one that was converted again under the same name and version has its own', async () => {
    const [keyv] = createStore()
    const [first, again] = [await open({ keyv }), await open({ keyv }, true)]
    expect([first.name, first.version]).toEqual([again.name, again.version])
    expect(await sourceOf(first)).toBe('model')
    expect(await sourceOf(again)).toBe('model')
    expect(await sourceOf(first)).toBe('cache')
  })

  it('are read under no key but their own, even where somebody moves them', async () => {
    const [keyv, entries] = createStore()
    const model = await open({ keyv })
    await sourceOf(model, 'a')
    await sourceOf(model, 'b')
    const [[keyOfA], [, textOfB]] = [...entries]
    entries.set(keyOfA, textOfB)
    expect(await sourceOf(model, 'a')).toBe('model')
  })
})
