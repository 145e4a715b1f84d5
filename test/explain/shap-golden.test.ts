// What the shap package says of stored scikit-learn models, against our explanations of the same models and rows.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readSourceModel } from '../../converters/convert/read-source-model.ts'
import { detectSource } from '../../converters/convert/source-format.ts'
import { foldRegions } from '../../converters/fold/fold-regions.ts'
import { convertModel } from '../../converters/index.ts'
import type { ArtifactMetadata } from '../../src/artifact/metadata.ts'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { createExplainer, type Explainer } from '../../src/explain/explainer.ts'
import type { Explanation } from '../../src/explain/explanation.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { restoreRegions } from '../../src/regions/store.ts'
import { createRowReader } from '../../src/rows/read-row.ts'

type Golden = {
  /** Folder of the model, from the repository's root. */
  readonly source: string
  readonly method: Explanation['method']
  readonly rows: readonly unknown[]
  /** One an output of the source: of two classes that each have a probability, we have the second alone. */
  readonly base: readonly number[]
  /** [row][output][feature] */
  readonly values: readonly (readonly (readonly number[])[])[]
}

type Subject = {
  readonly metadata: Pick<ArtifactMetadata, 'name' | 'version' | 'schema' | 'head' | 'check'>
  readonly graph: RegionGraph
}

const root = new URL('../../', import.meta.url)
const folder = new URL('test/golden/shap/', root)

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''))

function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Golden
}

function readModel({ source }: Golden): Record<string, Uint8Array> {
  const file = ['model.joblib', 'model.pkl'].find((name) => existsSync(new URL(`${source}/${name}`, root))) ?? ''
  return { [file]: new Uint8Array(readFileSync(new URL(`${source}/${file}`, root))) }
}

/** The source's own trees and float64 leaves, folded but never stored. */
function sourceOf(golden: Golden): Subject {
  const { schema, head, graph } = readSourceModel(detectSource(readModel(golden), 'auto'))
  const check = { rows: [], exact: [], quantized: [] }
  return { metadata: { name: 'source', version: '1.0.0', schema, head, check }, graph: foldRegions(graph, schema) }
}

async function artifactOf(golden: Golden, quantize: 'none' | 'uint8'): Promise<Subject> {
  const artifact = readArtifact((await convertModel(readModel(golden), { quantize })).files)
  return { metadata: artifact.metadata, graph: restoreRegions(artifact.metadata.regions, decodeWeights(artifact)) }
}

function canonicalRows({ metadata }: Subject, { rows }: Golden): Float64Array[] {
  const reader = createRowReader(metadata.schema)
  return rows.map((row) => {
    const canonical = new Float64Array(reader.width)
    reader.read(row, canonical, 0)
    return canonical
  })
}

function explainAt(explain: Explainer, rows: readonly Float64Array[], at: { row: number; output: number }) {
  // shap's linear values are those against the first row
  return explain(rows[at.row], { output: at.output, reference: rows[0], pause: () => undefined })
}

/** Largest difference from shap, of values and base, as a share of the largest value of the case where that is over 1. */
async function differenceFrom(golden: Golden, subject: Subject): Promise<number> {
  const explain = createExplainer(subject.metadata, subject.graph)
  const rows = canonicalRows(subject, golden)
  const outputs = subject.graph.output.length
  const firstOutput = golden.base.length - outputs
  let largest = 0
  const scale = Math.max(1, ...golden.base.map(Math.abs), ...golden.values.flat(2).map(Math.abs))
  for (let row = 0; row < rows.length; row++)
    for (let output = 0; output < outputs; output++) {
      const { base, contributions, method } = await explainAt(explain, rows, { row, output })
      expect(method).toBe(golden.method)
      const expected = golden.values[row][firstOutput + output]
      expect(contributions).toHaveLength(expected.length)
      largest = Math.max(largest, Math.abs(base - golden.base[firstOutput + output]))
      contributions.forEach(({ contribution }, i) => {
        largest = Math.max(largest, Math.abs(contribution - expected[i]))
      })
    }
  return largest / scale
}

describe.each(names)('%s', (name) => {
  const golden = readGolden(name)

  it("agrees with shap within 1e-6 on the source's float64 leaves", async () => {
    const difference = await differenceFrom(golden, sourceOf(golden))
    expect(difference).toBeLessThan(1e-6)
  })

  it('agrees with shap within 1e-6 on the artifact that is not quantized', async () => {
    const difference = await differenceFrom(golden, await artifactOf(golden, 'none'))
    expect(difference).toBeLessThan(1e-6)
  })

  it("adds up to the uint8 artifact's own raw output within 1e-5", async () => {
    const subject = await artifactOf(golden, 'uint8')
    const explain = createExplainer(subject.metadata, subject.graph)
    const rows = canonicalRows(subject, golden)
    for (let row = 0; row < rows.length; row++) {
      const raw = interpret(subject.graph, rows[row])
      for (let output = 0; output < raw.length; output++) {
        const { base, margin, contributions } = await explainAt(explain, rows, { row, output })
        const sum = contributions.reduce((total, { contribution }) => total + contribution, base)
        const most = 1e-5 * Math.max(1, Math.abs(raw[output]))
        expect(Math.abs(sum - raw[output])).toBeLessThan(most)
        expect(Math.abs(margin - sum)).toBeLessThan(most)
      }
    }
  })
})
