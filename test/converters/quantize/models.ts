// Numbers in; small region graphs of trees and dense layers with their schemas and heads, for tests, out.
import type { Head } from '../../../src/artifact/head.ts'
import type { FeatureSchema, ModelSchema } from '../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../src/regions/column-ref.ts'
import type { Activation, DenseLayer } from '../../../src/regions/dense-chain.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import type { TreeEnsemble } from '../../../src/regions/tree-ensemble.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'

export type TestModel = { readonly graph: RegionGraph; readonly schema: ModelSchema; readonly head: Head }

export const columnsOf = (region: number, count: number): ColumnRef[] =>
  Array.from({ length: count }, (_, column) => ({ region, column }))

export function schemaOf(featureCount: number, outputs: ModelSchema['outputs']): ModelSchema {
  const features = Array.from(
    { length: featureCount },
    (_, index): FeatureSchema => ({ name: `x${index}`, dtype: 'number', used: true, missing: 'error' }),
  )
  return { features, outputs }
}

export const binaryHead: Head = {
  kind: 'classifier',
  hasScores: true,
  targets: [{ classes: ['no', 'yes'], start: 0, width: 1, link: 'sigmoid' }],
}

export const valueHead: Head = { kind: 'regressor', link: 'identity', targetCount: 1 }

/** Standardised inputs into random layers of the given widths. */
export function denseModel(widths: readonly number[], head: Head, activation: Activation = 'relu'): TestModel {
  const random = createSeededRandom(11)
  const layers = widths.slice(1).map((outputWidth, index): DenseLayer => {
    const inputWidth = widths[index]
    const size = Math.sqrt(2 / inputWidth)
    return {
      inputWidth,
      outputWidth,
      weights: Float64Array.from({ length: inputWidth * outputWidth }, () => size * random.normal()),
      bias: Float64Array.from({ length: outputWidth }, () => 0.1 * random.normal()),
      activation: index === widths.length - 2 ? 'identity' : activation,
    }
  })
  const width = widths[0]
  const first = Array.from({ length: width }, () => 10 * random.normal())
  const second = Array.from({ length: width }, () => 1 + 5 * random.uniform())
  const graph: RegionGraph = {
    regions: [
      { kind: 'input', width },
      { kind: 'scale', inputs: columnsOf(0, width), form: 'subtract-divide', first, second },
      { kind: 'dense-chain', inputs: columnsOf(1, width), layers },
    ],
    output: columnsOf(2, widths[widths.length - 1]),
  }
  return {
    graph,
    head,
    schema: schemaOf(width, head.kind === 'regressor' ? ['value'] : ['label', 'probabilities', 'scores']),
  }
}

/** Stumps on feature 0 … with two leaves each: leaf values in order, two a tree. */
export function stumps(
  leafValues: readonly number[],
  options: { readonly leafWidth?: number; readonly aggregate?: 'sum' | 'mean' } = {},
): TreeEnsemble {
  const { leafWidth = 1, aggregate = 'sum' } = options
  const trees = leafValues.length / leafWidth / 2
  return {
    kind: 'tree-ensemble',
    inputs: columnsOf(1, 1),
    treeStart: Int32Array.from({ length: trees + 1 }, (_, tree) => 3 * tree),
    jump: Int32Array.from({ length: 3 * trees }, (_, node) => (node % 3 === 0 ? 2 : 0)),
    column: new Int32Array(3 * trees),
    rank: Int32Array.from({ length: 3 * trees }, (_, node) => (node % 3 === 0 ? node / 3 : 0)),
    leafWidth,
    leafValues: Float64Array.from(leafValues),
    cover: new Float64Array(0),
    outputWidth: leafWidth,
    treeOutput: new Int32Array(0),
    aggregate,
    base: new Float64Array(leafWidth),
  }
}

export function treeModel(ensemble: TreeEnsemble, head: Head): TestModel {
  const trees = ensemble.treeStart.length - 1
  const flipPoints = Float64Array.from({ length: trees }, (_, tree) => tree + 0.5)
  const graph: RegionGraph = {
    regions: [
      { kind: 'input', width: 1 },
      {
        kind: 'ranks',
        inputs: columnsOf(0, 1),
        columns: [{ kind: 'rank', flipPoints, missingValue: NaN, missing: 'lowest' }],
      },
      ensemble,
    ],
    output: columnsOf(2, ensemble.outputWidth),
  }
  return { graph, head, schema: schemaOf(1, head.kind === 'regressor' ? ['value'] : ['label', 'probabilities']) }
}
