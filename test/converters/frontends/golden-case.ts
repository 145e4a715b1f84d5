// A folder with a stored scikit-learn model and its answers in; the case, and how our answers differ, out.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPickle } from '../../../converters/formats/pickle/read-pickle.ts'
import { sklearnToSourceModel } from '../../../converters/frontends/sklearn/to-source-model.ts'
import type { SourceModel } from '../../../converters/frontends/source-model.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import { createRowReader } from '../../../src/rows/read-row.ts'

export type GoldenCase = {
  readonly name: string
  readonly file: string
  readonly rows: readonly unknown[]
  readonly expected: Readonly<Record<string, readonly unknown[]>>
}

const root = join(import.meta.dirname, '../../golden/sklearn')

/** Folders with a stored case, `1.6/name`. */
export function goldenNames(): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((version) => version.isDirectory())
    .flatMap((version) => readdirSync(join(root, version.name)).map((name) => `${version.name}/${name}`))
    .filter((name) => existsSync(join(root, name, 'case.json')) && existsSync(join(root, name, 'golden.json')))
}

export function readGoldenCase(name: string): GoldenCase {
  const folder = join(root, name)
  const { file } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as { file: string }
  const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Pick<GoldenCase, 'rows' | 'expected'>
  return { name, file: join(folder, file), ...golden }
}

export function readSourceModel(file: string): SourceModel {
  return sklearnToSourceModel(readPickle(readFileSync(file)))
}

/** Canonical rows; -1 texts of unknown categories included. */
export function canonicalRows(model: SourceModel, rows: readonly unknown[]): Float64Array[] {
  const reader = createRowReader(model.schema)
  return rows.map((row, rowIndex) => {
    const into = new Float64Array(reader.width)
    reader.read(row, into, 0, { rowIndex })
    return into
  })
}

/** Where the answers of `graph` differ from what scikit-learn said, in words; empty where they do not. */
export function differences(model: SourceModel, graph: RegionGraph, golden: GoldenCase): string[] {
  const decode = createDecoder(model.head)
  const cancellation = cancellationOf(graph)
  const found: string[] = []
  canonicalRows(model, golden.rows).forEach((row, i) => {
    const tolerance = {
      relative: relativeOf(golden.name),
      absolute: (/_cosine$/.test(golden.name) ? 1e-11 : 1e-12) + cancellation(row),
    }
    const answer = decode(interpret(graph, row), 0)
    const pairs: [string, unknown][] = [
      ['predict', answer.label ?? answer.value],
      ['predict_proba', answer.probabilities],
      ['decision_function', answer.scores],
      ['transform', answer.vector],
    ]
    for (const [method, got] of pairs) {
      const expected = golden.expected[method]?.[i]
      if (expected !== undefined && !isClose(got, expected, tolerance)) {
        found.push(`row ${i} ${method}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`)
      }
    }
  })
  return found
}

/**
 * What adding up the terms of a linear model in another order may change: their absolute sum times the rounding of one
 * addition and their number. Matters where collinear columns have huge coefficients that cancel.
 */
function cancellationOf(graph: RegionGraph): (row: Float64Array) => number {
  const sums = graph.regions.find(({ kind }) => kind === 'dense-chain' || kind === 'exact-linear')
  const weights =
    sums?.kind === 'exact-linear'
      ? sums.weights.exact.values
      : sums?.kind === 'dense-chain' && sums.layers.length === 1
        ? sums.layers[0].weights
        : undefined
  if (sums === undefined || sums.kind === 'input' || weights === undefined) return () => 0
  return (row) => {
    const inputs = interpret({ regions: graph.regions, output: sums.inputs }, row)
    const outputWidth = weights.length / inputs.length
    let sum = 0
    weights.forEach((weight, i) => (sum += Math.abs(inputs[Math.floor(i / outputWidth)] * weight)))
    return sum * inputs.length * 2 ** -53
  }
}

type Tolerance = { readonly relative: number; readonly absolute: number }

/**
 * Float64 sums in another order: 1e-9. Gradient boosting hands float32 to the model that it starts from, which then has
 * float32 weights and adds up in float32, in the order of a BLAS, where terms cancel: 1e-4. Distances of rows that nearly are the
 * same are what scikit-learn's own differences of squares leave of them: 1e-6 where answers are weighted by them.
 */
function relativeOf(name: string): number {
  if (/knn_imputer_distance|nearest_centroid_shrunk/.test(name)) return 1e-6
  return /gradient_boosting_\w+_init_(logistic|linear)/.test(name) ? 1e-4 : 1e-9
}

/** `absolute` is for sums that cancel to nearly nothing. */
function isClose(got: unknown, expected: unknown, tolerance: Tolerance): boolean {
  if (Array.isArray(expected)) {
    if (!Array.isArray(got)) return expected.length === 1 && isClose(got, expected[0], tolerance)
    return got.length === expected.length && expected.every((item, i) => isClose(got[i], item, tolerance))
  }
  if (Array.isArray(got)) return got.length === 1 && isClose(got[0], expected, tolerance)
  if (expected === null) return Number.isNaN(got)
  if (typeof expected !== 'number') return got === expected
  if (typeof got !== 'number') return false
  return got === expected || Math.abs(got - expected) <= tolerance.relative * Math.abs(expected) + tolerance.absolute
}
