// The specification's replayed hour, asked of the lead scorer itself with `useCache: true`.
import { expect, test } from 'vitest'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import { leadScorerRow } from '../../src/crm/lead-features.ts'
import { createSeededRandom } from '../../src/rows/seeded-random.ts'
import { crmModelsDir } from '../helpers/crm-models.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { createRegistry } from '../helpers/registries.ts'

const [requestCount, leadCount, hourMs] = [100_000, 5000, 3_600_000]

test('more than 60 % of the answers come from the predictor’s cache, and each is that of its row', async () => {
  const clock = createFakeClock()
  const registry = createRegistry(crmModelsDir('lead_scorer_v2'), {
    backend: 'kernel',
    caching: { ttlMs: 300_000 },
    platform: { clock, defer: (callback) => void setImmediate(callback), hash: sha256Hex },
  })
  await registry.initialize()
  const model = await registry.getModelPredictor('lead_scorer_v2')
  const { uniform } = createSeededRandom(11)
  // Zipf's law with exponent 1
  const cumulated = new Float64Array(leadCount)
  for (let rank = 1, sum = 0; rank <= leadCount; rank++) cumulated[rank - 1] = sum += 1 / rank
  const changes = new Uint32Array(leadCount)
  const rowOf = (lead: number) =>
    leadScorerRow({
      id: `lead-${lead}`,
      answers: { budget: 1, ...(lead % 2 === 0 && { timeline: 'soon' }) },
      activity: {
        engagement: lead / leadCount,
        responseRate30d: (lead % 97) / 97,
        propertyViews30d: changes[lead] % 40,
      },
    })
  let fromCache = 0
  for (let request = 0; request < requestCount; request++) {
    const wanted = uniform() * cumulated[leadCount - 1]
    const lead = rankOf(cumulated, wanted)
    const row = rowOf(lead)
    const { source, value } = await model.predict(row, { useCache: true, tenant: 'acme' })
    if (source === 'cache') fromCache++
    if (request % 500 === 0) expect(value).toBeCloseTo(model.predictSync(row).value as number, 4)
    if (uniform() < 0.01) changes[lead]++
    clock.advance(hourMs / requestCount)
  }
  const { stats } = model.getHealth()
  expect(stats.cache.hits).toBe(fromCache)
  expect(stats.cache.hits + stats.cache.misses).toBe(requestCount)
  expect(fromCache / requestCount).toBeGreaterThan(0.6)
}, 60_000)

/** Position of the first that is at least `wanted`. */
function rankOf(cumulated: Float64Array, wanted: number): number {
  let [low, high] = [0, cumulated.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulated[middle] < wanted) low = middle + 1
    else high = middle
  }
  return low
}
