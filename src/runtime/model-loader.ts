// A models folder in; its models, their artifacts, prewarm rows and fallback names out, without a registry.

import type { ArtifactMetadata } from '../artifact/metadata.ts'
import { type FeatureSchema, givenFeatures, type ModelSchema } from '../artifact/schema.ts'
import { createError } from '../errors.ts'
import type { Row } from '../rows/prediction.ts'
import { loadExpected } from './load-model.ts'
import { parseModelRef } from './model-ref.ts'
import type { LoadModelOptions } from './options.ts'
import type { ModelPredictor } from './predictor.ts'
import { resolveVersion, type ServiceEntry } from './service-entry.ts'

/** Reads a models folder as the registry does, one model at a time. */
export class ProductionModelLoader {
  readonly modelsDir: string

  constructor(modelsDir: string) {
    this.modelsDir = modelsDir
  }

  /**
   * The models of the folder, in order of their names; one that contradicts itself has an `error`.
   * @throws MODEL_LOAD_FAILED where the folder cannot be read
   */
  async discoverModels(): Promise<ServiceEntry[]> {
    const { discoverModelFolders } = await import('./model-folder.ts')
    const { readServiceEntry } = await import('./read-service-entry.ts')
    return (await discoverModelFolders(this.modelsDir)).map(readServiceEntry)
  }

  /** @throws MODEL_NOT_FOUND; load errors */
  async loadModel(ref: string, options: LoadModelOptions = {}): Promise<ModelPredictor> {
    const { entry, version } = await this.#find(ref)
    const expected = { name: entry.name, version }
    return loadExpected(`${entry.path}/versions/${version}`, options, { expected, config: entry.config })
  }

  /**
   * The rows that the artifact brings to warm and check a backend, as a caller would write them.
   * @throws MODEL_NOT_FOUND; load errors
   */
  async getPrewarmSamples(ref: string): Promise<Row[]> {
    const { entry, version } = await this.#find(ref)
    const { readArtifactFolder } = await import('./model-folder.ts')
    const { readHashedArtifact } = await import('../artifact/hashed-artifact.ts')
    const { detectPlatform } = await import('./platform.ts')
    const { hash } = await detectPlatform()
    const { metadata } = readHashedArtifact(await readArtifactFolder(`${entry.path}/versions/${version}`), hash)
    return callersRows(metadata.schema, metadata.check.rows)
  }

  /** @returns null where service.json names no rule. @throws MODEL_NOT_FOUND */
  async getFallbackName(name: string): Promise<string | null> {
    return (await this.#entry(name)).config.fallback ?? null
  }

  async #find(ref: string): Promise<{ entry: ServiceEntry; version: string }> {
    const { name, selector } = parseModelRef(ref)
    const entry = await this.#entry(name)
    if (entry.error !== undefined) throw entry.error
    return { entry, version: resolveVersion(entry, selector) }
  }

  async #entry(name: string): Promise<ServiceEntry> {
    const entries = await this.discoverModels()
    const entry = entries.find((candidate) => candidate.name === name)
    if (entry !== undefined) return entry
    const names = entries.map((candidate) => candidate.name).join(', ') || 'none'
    throw createError('MODEL_NOT_FOUND', `${this.modelsDir} holds no model ${name}; it holds: ${names}`)
  }
}

/** Of texts, ones that have the terms which a row counts; n-grams of several words are but near. */
function callersRows(schema: ModelSchema, rows: ArtifactMetadata['check']['rows']): Row[] {
  const { features } = schema
  const given = givenFeatures(schema)
  return rows.map((row) =>
    given.map((feature, i) => {
      if (feature.dtype === 'text') return sampleText(feature, features, row)
      return callersValue(feature, row[i])
    }),
  )
}

function sampleText(
  { texts = [] }: FeatureSchema,
  features: readonly FeatureSchema[],
  row: readonly (number | null)[],
) {
  const words = texts.flatMap(({ start, count, terms }) =>
    features.slice(start, start + count).flatMap(({ name }, i) => {
      const times = Math.min(9, Math.max(0, Math.round(row[start + i] ?? 0)))
      return new Array<string>(times).fill(terms.kind === 'names' ? name.slice(terms.prefix.length) : name)
    }),
  )
  return words.join(' ')
}

/** An unknown category has no value of its own; any text that is no category stands for it. */
function callersValue({ dtype, categories = [] }: FeatureSchema, canonical: number | null): unknown {
  if (canonical === null || dtype === 'number') return canonical
  if (dtype === 'boolean') return canonical === 1
  return canonical < 0 ? '\u0000unknown' : categories[canonical]
}
