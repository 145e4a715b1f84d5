// Two hundred first calls at once to a registry that has loaded nothing.
import { describe, expect, it } from 'vitest'
import { temporaryModelsDir } from '../helpers/artifacts.ts'
import { createRegistry } from '../helpers/registries.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

const offsets: Readonly<Record<string, number>> = { '1.0.0': 1000, '2.0.0': 2000, '3.0.0': 3000 }
const aliases = { stable: '1.0.0', canary: '2.0.0', best: '2.0.0' }
const names = ['first', 'second', 'third']

/** What callers write, and the version that it means. */
const selectors: readonly (readonly [selector: string, version: string])[] = [
  ['', '1.0.0'],
  ['@1.0.0', '1.0.0'],
  ['@stable', '1.0.0'],
  ['@canary', '2.0.0'],
  ['@best', '2.0.0'],
  ['@2.0.0', '2.0.0'],
]

function coldRegistry() {
  const dir = temporaryModelsDir()
  for (const name of names) {
    for (const [version, offset] of Object.entries(offsets))
      dir.addVersion(name, version, tinyFiles(version, { name, offset }))
    dir.addFile(name, 'service.json', { active: '1.0.0', aliases })
  }
  const loads: string[] = []
  const silent = (): void => undefined
  const info = (facts: object, message: string): void => {
    const { model, version } = facts as { model?: string; version?: string }
    if (message === 'model loaded') loads.push(`${model}@${version}`)
  }
  const logger = { debug: silent, info, warn: silent, error: silent }
  return [createRegistry(dir, { backend: 'cpu', logger }), loads] as const
}

describe('200 concurrent first calls to a cold registry', () => {
  it('load each version that was named once, and answer each by the version it means', async () => {
    const [registry, loads] = coldRegistry()
    const calls = Array.from({ length: 200 }, async (_, i) => {
      const name = names[i % names.length]
      const [selector, version] = selectors[i % selectors.length]
      const predictor = await registry.getModelPredictor(name + selector)
      const answer = await predictor.predict([i, 0])
      expect(answer).toMatchObject({ model: name, version, value: i + offsets[version], source: 'model' })
    })
    await Promise.all(calls)
    // i % 3 and i % 6 go together: each name is asked by two of the selectors, and its active version is loaded anyway
    expect(loads.filter((load, i) => loads.indexOf(load) !== i)).toEqual([])
    expect([...loads].sort()).toEqual([
      'first@1.0.0',
      'first@2.0.0',
      'second@1.0.0',
      'second@2.0.0',
      'third@1.0.0',
      'third@2.0.0',
    ])
  })

  it('load it once where aliases, versions and routes of one model come together', async () => {
    const [registry, loads] = coldRegistry()
    const ways = [
      () => registry.getModelPredictor('first@canary'),
      () => registry.getModelPredictor('first@best'),
      () => registry.activate('first', 'stable'),
      () => registry.route('first', { traffic: { canary: 1, stable: 1 }, shadow: 'best' }),
      () => registry.getModelPredictor('first'),
    ]
    await Promise.all(Array.from({ length: 200 }, (_, i) => ways[i % ways.length]()))
    const ofFirst = loads.filter((load) => load.startsWith('first'))
    expect([...ofFirst].sort()).toEqual(['first@1.0.0', 'first@2.0.0'])
  })
})
