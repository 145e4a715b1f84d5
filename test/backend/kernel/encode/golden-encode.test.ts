// Emitted encoders of stored scikit-learn models write what the JavaScript encoder does, row by row and column by column.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { convertModel } from '../../../../converters/index.ts'
import { readArtifact } from '../../../../src/artifact/read-artifact.ts'
import type { GraphInput } from '../../../../src/artifact/metadata.ts'
import type { ColumnRef } from '../../../../src/regions/column-ref.ts'
import type { RegionGraph } from '../../../../src/regions/region.ts'
import { createEncoder } from '../../../../src/rows/encode.ts'
import { storedGraph } from '../../../helpers/random-regions.ts'
import { isEncodedByColumns } from '../../../suites/golden-artifacts.ts'
import { createEncode } from './run-encode.ts'

const root = new URL('../../../golden/sklearn/1.9/', import.meta.url)

/** All kinds of preprocessing, before trees, before layers and alone. */
const names = readdirSync(root).filter(
  (name) =>
    isEncoded(name) &&
    /^(column_transformer|feature_union|one_hot|ordinal|simple_imputer|pipeline|churn_two|\w+_scaler)|^(credit|churn|ames)_(\w*hist_)?(gradient|logistic|mlp|ridge|ordinal|union|indicator)|_missing|categor/.test(
      name,
    ),
)

function isEncoded(name: string): boolean {
  return isEncodedByColumns(...sourceOf(name))
}

function sourceOf(name: string): [file: string, bytes: Uint8Array] {
  const file = ['model.joblib', 'model.pkl'].find((candidate) => existsSync(new URL(`${name}/${candidate}`, root)))!
  return [file, new Uint8Array(readFileSync(new URL(`${name}/${file}`, root)))]
}

/** Rows that the model checks itself by, and some that are none of its own. */
function rowsOf(check: readonly (readonly (number | null)[])[], width: number): number[][] {
  const odd = [NaN, -1, 0, 1e300, -Infinity, Infinity, 2.5, 1e9].map((value) => new Array<number>(width).fill(value))
  return [...odd, ...check.slice(0, 40).map((row) => row.map((value) => value ?? NaN))]
}

function columnsOf(graph: RegionGraph, { name, region }: GraphInput): readonly ColumnRef[] {
  if (region === -1) return graph.output
  const found = graph.regions[region]
  if (found.kind === 'input') throw new Error('the input reads nothing')
  return name === 'ranks' ? found.inputs.map((_, column) => ({ region, column })) : found.inputs
}

describe('emitEncode of stored models', () => {
  it.each(names)('%s', async (name) => {
    const [file, bytes] = sourceOf(name)
    // weights and leaves are behind what is encoded, and to quantize them takes longest
    const { files } = await convertModel({ [file]: bytes }, { quantize: 'none' })
    const artifact = readArtifact(files)
    const { inputs, check, schema } = artifact.metadata
    const graph = storedGraph(artifact)
    const rows = rowsOf(check.rows, schema.features.length)
    const slabs = inputs.map(({ width }) => new Float32Array(width * rows.length))
    createEncoder(graph, inputs).encode(Float64Array.from(rows.flat()), rows.length, slabs)
    expect(inputs.length).toBeGreaterThan(0)
    inputs.forEach((input, i) => {
      const expected = rows.map((_, r) => [...slabs[i].subarray(r * input.width, (r + 1) * input.width)])
      const columns = columnsOf(graph, input)
      for (const order of ['rows', 'columns'] as const) {
        expect(createEncode(graph, columns, { element: 'f32', order })(rows)).toEqual(expected)
        if (input.name === 'ranks')
          expect(createEncode(graph, columns, { element: 'u16', order })(rows)).toEqual(expected)
      }
    })
  })
})
