// A thousand swaps between two versions whose answers differ, under traffic of every kind: nobody fails, nothing is mixed.
import { describe, expect, it } from 'vitest'
import type { Prediction } from '../../src/rows/prediction.ts'
import type { RegistryOptions } from '../../src/runtime/options.ts'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'
import { temporaryModelsDir } from '../helpers/artifacts.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'
import { createRegistry } from '../helpers/registries.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

const offsets: Readonly<Record<string, number>> = { '1.0.0': 1000, '2.0.0': 2000 }

type Seen = { answers: number; fromCache: number; readonly versions: Map<string, number>; readonly wrong: unknown[] }

/** Callers of one kind go on until the swaps are done; what they get is judged at once. */
async function traffic(predictor: ModelPredictor, seen: Seen, isOver: () => boolean): Promise<void> {
  let turn = 0
  const judge = (f0: number, answer: unknown): string | undefined => {
    const { version, source, value } = answer as Prediction
    seen.answers++
    if (source === 'cache') seen.fromCache++
    const isRight = version !== null && value === f0 + offsets[version] && source !== 'fallback'
    if (!isRight) seen.wrong.push(answer)
    else seen.versions.set(version, (seen.versions.get(version) ?? 0) + 1)
    return version ?? undefined
  }
  const single = async (useCache: boolean | undefined): Promise<void> => {
    while (!isOver()) {
      const f0 = turn++ % 7
      judge(f0, await predictor.predict([f0, 0], { useCache }).catch((error: unknown) => error))
      // an answer from memory takes no turn of the event loop by itself
      await settleMicrotasks()
    }
  }
  const many = async (rowCount: number, timeoutMs: number | undefined): Promise<void> => {
    while (!isOver()) {
      const first = turn++ % 7
      const rows = Array.from({ length: rowCount }, (_, i) => [first + i, 0])
      const entries = await predictor.predictBatch(rows, { timeoutMs }).catch((error: unknown) => [error])
      const versions = new Set(entries.map((entry, i) => judge(first + i, entry)))
      await settleMicrotasks()
      if (versions.size !== 1 || entries.length !== rowCount) seen.wrong.push(['mixed', ...versions])
    }
  }
  // the second batch is larger than the queue, so that it is fed in slices between which a swap may come
  await Promise.all([single(undefined), single(true), single(false), many(5, undefined), many(40, 60_000)])
}

describe('1,000 hot swaps under traffic', () => {
  const store = new Map<string, unknown>()
  const keyv = {
    get: (key: string) => new Promise((resolve) => setImmediate(() => resolve(store.get(key)))),
    set: (key: string, value: unknown) => Promise.resolve(void store.set(key, value)),
  }
  const kinds: readonly (readonly [what: string, swaps: number, options: Partial<RegistryOptions>])[] = [
    ['without a cache', 400, { caching: false }],
    ['with a cache in memory', 400, { caching: true }],
    ['with a cache elsewhere', 200, { caching: { keyv: keyv as never } }],
  ]
  it.each(kinds)(
    'fail no request and mix no batch %s: %d of them',
    async (_, swaps, options) => {
      const dir = temporaryModelsDir()
      for (const [version, offset] of Object.entries(offsets))
        dir.addVersion('tiny', version, tinyFiles(version, { offset }))
      const registry = createRegistry(dir, {
        backend: 'cpu',
        batching: { maxRows: 8, maxQueuedRows: 64 },
        ...options,
      })
      const predictor = await registry.getModelPredictor('tiny')
      const seen: Seen = { answers: 0, fromCache: 0, versions: new Map(), wrong: [] }
      let isOver = false
      const callers = traffic(predictor, seen, () => isOver)
      for (let swap = 0; swap < swaps; swap++) await registry.activate('tiny', swap % 2 === 0 ? '1.0.0' : '2.0.0')
      isOver = true
      await callers
      expect(seen.wrong).toEqual([])
      expect(seen.answers).toBeGreaterThan(swaps)
      for (const version of Object.keys(offsets)) expect(seen.versions.get(version)).toBeGreaterThan(swaps / 10)
      if (options.caching === false) expect(seen.fromCache).toBe(0)
      else expect(seen.fromCache).toBeGreaterThan(swaps / 10)
    },
    60_000,
  )
})
