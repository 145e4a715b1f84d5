// Small real artifacts in the place of the property models, in a real registry; listings and leads for the tests.

import { readFileSync } from 'node:fs'
import { metadataKey } from '../../src/artifact/metadata.ts'
import type { Listing } from '../../src/crm/listing.ts'
import type { Lead } from '../../src/crm/lead.ts'
import { crmModelFeatures } from '../../src/resilience/crm-rules/model-features.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import type { RegistryOptions } from '../../src/runtime/options.ts'
import type { MLServiceRegistry } from '../../src/runtime/registry.ts'
import { temporaryModelsDir } from './artifacts.ts'
import { artifactFiles, createRandom, randomRows } from './random-regions.ts'
import { createRegistry } from './registries.ts'

type PropertyModel = 'property_matcher_v3' | 'property_interest_predictor_v2' | 'viewing_probability_predictor_v2'

/** What stands for a model: an artifact, or nothing but its service.json, whose rule then answers. */
export type PropertyArtifacts = Readonly<Partial<Record<PropertyModel, Record<string, Uint8Array> | 'rule'>>>

/** One tree with one split: `low` where the feature is at most `bound` or missing, `high` over it. */
export function stepFiles(
  name: PropertyModel,
  { feature, bound, low, high }: { feature: string; bound: number; low: number; high: number },
): Record<string, Uint8Array> {
  const features: readonly string[] = crmModelFeatures[name]
  const columns = features.map(
    () => ({ kind: 'rank', flipPoints: Float64Array.of(bound), missingValue: NaN, missing: 'lowest' }) as const,
  )
  return namedFiles(name, {
    regions: [
      { kind: 'input', width: features.length },
      { kind: 'ranks', inputs: columns.map((_, column) => ({ region: 0, column })), columns },
      {
        kind: 'tree-ensemble',
        inputs: columns.map((_, column) => ({ region: 1, column })),
        column: Int32Array.of(features.indexOf(feature), 0, 0),
        rank: Int32Array.of(0, 0, 0),
        treeStart: Int32Array.of(0, 3),
        jump: Int32Array.of(2, 0, 0),
        leafWidth: 1,
        leafValues: Float64Array.of(low, high),
        cover: Float64Array.of(1, 1),
        outputWidth: 1,
        treeOutput: new Int32Array(0),
        aggregate: 'sum',
        base: Float64Array.of(0),
      },
    ],
    output: [{ region: 2, column: 0 }],
  })
}

function namedFiles(name: PropertyModel, graph: RegionGraph): Record<string, Uint8Array> {
  const files = artifactFiles(graph, { checkRows: randomRows(createRandom(1), graph, 8) })
  const modelJson = JSON.parse(new TextDecoder().decode(files['model.json'])) as {
    readonly userDefinedMetadata: Record<string, { name: string; schema: { features: { name: string }[] } }>
  }
  const metadata = modelJson.userDefinedMetadata[metadataKey]
  metadata.name = name
  metadata.schema.features.forEach((feature, i) => (feature.name = crmModelFeatures[name][i]))
  return { ...files, 'model.json': new TextEncoder().encode(JSON.stringify(modelJson)) }
}

/** A real registry with these artifacts and the models' own service.json, less the floor that no toy reaches. */
export async function propertyRegistry(
  artifacts: PropertyArtifacts,
  options: Partial<RegistryOptions> = {},
): Promise<MLServiceRegistry> {
  const dir = temporaryModelsDir()
  for (const [name, files] of Object.entries(artifacts)) {
    const text = readFileSync(new URL(`../../models/${name}/service.json`, import.meta.url), 'utf8')
    const service = JSON.parse(text) as Record<string, unknown>
    for (const field of ['accuracyFloor', 'active', 'aliases']) delete service[field]
    dir.addFile(name, 'service.json', service)
    if (files !== 'rule') dir.addVersion(name, '1.0.0', files)
  }
  const registry = createRegistry(dir, options)
  await registry.initialize()
  return registry
}

/** Of the same price, size and place, each told apart by its school rating alone: the better the school the better it ranks. */
export function schoolListings(count: number): Listing[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `p${String(i).padStart(3, '0')}`,
    price: 300_000,
    bedrooms: 3,
    city: 'Ames',
    schoolRating: (10 * (i + 1)) / count,
  }))
}

export const buyer: Lead = {
  id: 'buyer',
  preferences: { maxPrice: 300_000, minBedrooms: 3, locations: ['Ames'] },
}
