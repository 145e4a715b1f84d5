// What the shap package says of stored scikit-learn models, against our explanations of the same models and rows.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { convertModel } from '../../converters/index.ts'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { createExplainer, type Explainer } from '../../src/explain/explainer.ts'
import type { Explanation } from '../../src/explain/explanation.ts'
import { interpret } from '../../src/regions/interpret.ts'
import { restoreRegions } from '../../src/regions/store.ts'
import { canonicalRows, readModel, readSource, repository, type Subject } from './golden-sources.ts'

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

const folder = new URL('test/golden/shap/', repository)

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''))

function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Golden
}

async function artifactOf(golden: Golden, quantize: 'none' | 'uint8'): Promise<Subject> {
  const artifact = readArtifact((await convertModel(readModel(golden.source), { quantize })).files)
  return { metadata: artifact.metadata, graph: restoreRegions(artifact.metadata.regions, decodeWeights(artifact)) }
}

function explainAt(explain: Explainer, rows: readonly Float64Array[], at: { row: number; output: number }) {
  // shap's linear values are those against the first row
  return explain(rows[at.row], { output: at.output, reference: rows[0], pause: () => undefined })
}

/** Largest difference from shap of any value or base. */
async function differenceFrom(golden: Golden, subject: Subject): Promise<number> {
  const explain = createExplainer(subject.metadata, subject.graph)
  const rows = canonicalRows(subject.metadata.schema, golden.rows)
  const outputs = subject.graph.output.length
  const firstOutput = golden.base.length - outputs
  let largest = 0
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
  return largest
}

describe.each(names)('%s', (name) => {
  const golden = readGolden(name)

  it("agrees with shap within 1e-6 on the source's float64 leaves", async () => {
    const difference = await differenceFrom(golden, readSource(golden.source))
    expect(difference).toBeLessThan(1e-6)
  })

  it('agrees with shap within 1e-6 of its largest value on the artifact that is not quantized', async () => {
    const difference = await differenceFrom(golden, await artifactOf(golden, 'none'))
    // float32 leaves of house prices are rounded to cents
    const scale = Math.max(1, ...golden.base.map(Math.abs), ...golden.values.flat(2).map(Math.abs))
    expect(difference).toBeLessThan(1e-6 * scale)
  })

  it("adds up to the uint8 artifact's own raw output within 1e-5", async () => {
    const subject = await artifactOf(golden, 'uint8')
    const explain = createExplainer(subject.metadata, subject.graph)
    const rows = canonicalRows(subject.metadata.schema, golden.rows)
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
