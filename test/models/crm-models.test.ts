// The five committed CRM models: their sources make their artifacts, which measure what their cards say and reach their floors.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { crmModelFeatures } from '../../src/resilience/crm-rules/model-features.ts'
import { evaluateModel } from '../../src/training/evaluate-model.ts'
import { rebuildArtifact } from '../../src/training/rebuild-artifact.ts'
import { modelCard } from '../../src/training/report/model-card.ts'
import type { RunRecord } from '../../src/training/run-record.ts'
import { openModelStore } from '../../src/training/store/model-store.ts'

const floors = {
  lead_scorer_v2: 0.95,
  property_matcher_v3: 0.88,
  churn_predictor_v2: 0.92,
  property_interest_predictor_v2: 0.85,
  viewing_probability_predictor_v2: 0.82,
} as const satisfies Record<keyof typeof crmModelFeatures, number>

const modelsDir = fileURLToPath(new URL('../../models/', import.meta.url))

describe.each(Object.entries(floors))('%s', (name, floor) => {
  const folder = join(modelsDir, name)
  const production = async () => {
    const store = await openModelStore(folder)
    const version = await store.production()
    const found = (await store.versions()).find((each) => each.version === version)
    if (found?.lineage === undefined) throw new Error(`${name} has no production version with a lineage`)
    return { version: found.version, record: found.lineage.metrics as RunRecord }
  }

  test('its source, held-out answers and data make the committed bytes', async () => {
    const { version } = await production()
    const { files } = await rebuildArtifact(folder, { version })
    const committed = readdirSync(join(folder, 'versions', version)).filter((file) => file !== 'lineage.json')
    expect(Object.keys(files).sort()).toEqual(committed.sort())
    for (const file of committed)
      expect(Buffer.compare(readFileSync(join(folder, 'versions', version, file)), files[file])).toBe(0)
  })

  test('measures what its lineage says, at its floor or over it', async () => {
    const { record } = await production()
    const { measures, rule, accuracyFloor } = await evaluateModel(folder)
    expect(accuracyFloor).toBe(floor)
    expect(measures.measures.accuracy.value).toBeGreaterThanOrEqual(floor)
    expect(measures.confusion).toEqual(record.artifact.confusion)
    expect(measures.measures.rocAuc.value).toBeCloseTo(record.artifact.measures.rocAuc.value, 6)
    expect(rule.measures.confusion).toEqual(record.rule?.measures.confusion)
  })

  test('passed every gate, well over the rule and any one feature, below the best that can be reached', async () => {
    const { record } = await production()
    const accuracy = record.artifact.measures.accuracy.value
    expect(record.gates.filter(({ passed }) => !passed)).toEqual([])
    expect(accuracy - (record.rule?.measures.measures.accuracy.value ?? 1)).toBeGreaterThan(0.04)
    expect(accuracy - record.thresholds[0].accuracy).toBeGreaterThan(0.04)
    expect(accuracy - record.majorityAccuracy).toBeGreaterThan(0.1)
    expect(accuracy).toBeLessThanOrEqual((record.bestReachable?.accuracy ?? 0) + 0.01)
  })

  test('its card is written from its run', async () => {
    const { record } = await production()
    const card = readFileSync(join(folder, 'card.md'), 'utf8')
    expect(card).toBe(modelCard(record))
    expect(card).toContain('synthetic')
  })

  test('has the features that the services fill, with units and ranges', async () => {
    const { version } = await production()
    const { userDefinedMetadata } = JSON.parse(
      readFileSync(join(folder, 'versions', version, 'model.json'), 'utf8'),
    ) as {
      userDefinedMetadata: {
        'tfjs-serving': { schema: { features: { name: string; units?: string; range?: unknown }[] } }
      }
    }
    const { features } = userDefinedMetadata['tfjs-serving'].schema
    expect(features.map((feature) => feature.name)).toEqual([...crmModelFeatures[name as keyof typeof floors]])
    for (const feature of features)
      expect(feature).toMatchObject({
        units: expect.any(String) as string,
        range: [expect.any(Number), expect.any(Number)],
      })
  })
})
