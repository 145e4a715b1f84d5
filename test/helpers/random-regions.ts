// Seeds and sizes in, folded region graphs, rows for them and whole artifacts out: synthetic, but every part is real.
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import type { Artifact } from '../../src/artifact/artifact.ts'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { encodeTensor, type EncodingChoice } from '../../src/artifact/encode-tensor.ts'
import type { Head } from '../../src/artifact/head.ts'
import type { ArtifactMetadata } from '../../src/artifact/metadata.ts'
import type { NamedTensor } from '../../src/artifact/tensor.ts'
import type { Activation, DenseLayer } from '../../src/regions/dense-chain.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { LeafBooks } from '../../src/regions/leaf-books.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { restoreRegions, storeRegions, type StoreOptions } from '../../src/regions/store.ts'
import { createSeededRandom } from '../../src/rows/seeded-random.ts'
import { toGraph } from '../../converters/graph/to-graph.ts'
import { writeArtifact } from '../../converters/graph/write-artifact.ts'

export type Random = () => number

/** The same numbers on every machine. */
export function createRandom(seed: number): Random {
  return createSeededRandom(seed).uniform
}

export type EnsembleOptions = {
  readonly trees: number
  readonly depth: number
  readonly features: number
  readonly leafWidth?: number
  readonly outputWidth?: number
  readonly aggregate?: 'sum' | 'mean'
  /** Chance that a node above the last level is a leaf. @default 0.1 */
  readonly leafChance?: number
  readonly flipPoints?: number
  readonly hasCover?: boolean
}

/** A ranks region of numeric columns and one member column, and an ensemble over it. */
export function randomEnsemble(random: Random, options: EnsembleOptions): RegionGraph {
  const { trees, depth, features, leafWidth = 1, aggregate = 'sum', leafChance = 0.1, flipPoints = 6 } = options
  const outputWidth = options.outputWidth ?? leafWidth
  const columns = Array.from({ length: features }, (_, feature) => {
    if (feature === features - 1 && features > 1)
      return { kind: 'member', keys: [0, 2, NaN], bits: [1, 0, 1], unknownBit: 0 } as const
    const points = new Set(Array.from({ length: flipPoints }, () => (random() - 0.5) * 8))
    const missing = feature % 2 === 0 ? 'lowest' : 'highest'
    return { kind: 'rank', flipPoints: Float64Array.from(points).sort(), missingValue: NaN, missing } as const
  })
  const jump: number[] = []
  const column: number[] = []
  const rank: number[] = []
  const treeStart = [0]
  const grow = (level: number): void => {
    const node = jump.push(0) - 1
    column.push(0)
    rank.push(0)
    if (level === depth || random() < leafChance) return
    column[node] = Math.floor(random() * features)
    const read = columns[column[node]]
    rank[node] = read.kind === 'rank' ? Math.floor(random() * read.flipPoints.length) : 0
    grow(level + 1)
    jump[node] = jump.length - node
    grow(level + 1)
  }
  for (let tree = 0; tree < trees; tree++) {
    grow(0)
    treeStart.push(jump.length)
  }
  const leaves = jump.filter((next) => next === 0).length
  return {
    regions: [
      { kind: 'input', width: features },
      { kind: 'ranks', inputs: columns.map((_, i) => ({ region: 0, column: i })), columns },
      {
        kind: 'tree-ensemble',
        inputs: columns.map((_, i) => ({ region: 1, column: i })),
        column: Int32Array.from(column),
        rank: Int32Array.from(rank),
        treeStart: Int32Array.from(treeStart),
        jump: Int32Array.from(jump),
        leafWidth,
        leafValues: Float64Array.from({ length: leaves * leafWidth }, () => random() - 0.5),
        cover:
          options.hasCover === false ? new Float64Array(0) : Float64Array.from({ length: leaves }, (_, i) => i + 1),
        outputWidth,
        treeOutput:
          leafWidth === 1 && outputWidth > 1
            ? Int32Array.from({ length: trees }, (_, t) => t % outputWidth)
            : new Int32Array(0),
        aggregate,
        base: Float64Array.from({ length: outputWidth }, () => Math.fround(random())),
      },
    ],
    output: Array.from({ length: outputWidth }, (_, i) => ({ region: 2, column: i })),
  }
}

/** The same trees with few distinct numbers in their leaves, and code books of these: one for all columns, or one a column. */
export function withLeafBooks(
  graph: RegionGraph,
  { entries, bookCount }: { readonly entries: number; readonly bookCount: 'one' | 'one a column' },
): { readonly graph: RegionGraph; readonly leafBooks: ReadonlyMap<number, LeafBooks> } {
  const leafBooks = new Map<number, LeafBooks>()
  const regions = graph.regions.map((region, index) => {
    if (region.kind !== 'tree-ensemble') return region
    const books = Array.from({ length: bookCount === 'one' ? 1 : region.leafWidth }, (_, book) =>
      Float64Array.from({ length: entries + book }, (_each, code) => Math.fround(0.3 * (book + 1) * (code - 1.7))),
    )
    leafBooks.set(index, books)
    const leafValues = region.leafValues.map((value, at) => {
      const book = books[at % books.length]
      return book[Math.floor(Math.abs(value) * 1e6) % book.length]
    })
    return { ...region, leafValues }
  })
  return { graph: { ...graph, regions }, leafBooks }
}

/** An imputer, a scaler and a dense chain of the given widths. */
export function randomChain(random: Random, widths: readonly number[], activation: Activation): RegionGraph {
  const features = widths[0]
  const refs = (region: number) => Array.from({ length: features }, (_, column) => ({ region, column }))
  const layers = widths.slice(1).map((outputWidth, i): DenseLayer => {
    const inputWidth = widths[i]
    return {
      inputWidth,
      outputWidth,
      weights: Float64Array.from({ length: inputWidth * outputWidth }, () => (random() - 0.5) / Math.sqrt(inputWidth)),
      bias: Float64Array.from({ length: outputWidth }, () => random() - 0.5),
      activation: i === widths.length - 2 ? 'identity' : activation,
    }
  })
  return {
    regions: [
      { kind: 'input', width: features },
      {
        kind: 'impute',
        inputs: refs(0),
        missing: new Array<number>(features).fill(NaN),
        fill: Array.from({ length: features }, random),
      },
      {
        kind: 'scale',
        inputs: refs(1),
        form: 'subtract-divide',
        first: Array.from({ length: features }, random),
        second: Array.from({ length: features }, () => 0.5 + random()),
      },
      { kind: 'dense-chain', inputs: refs(2), layers },
    ],
    output: Array.from({ length: widths[widths.length - 1] }, (_, column) => ({ region: 3, column })),
  }
}

/** Values, missing ones and categories, some right on a flip point. */
export function randomRows(random: Random, graph: RegionGraph, rowCount: number): Float64Array[] {
  const ranks = graph.regions.find((region) => region.kind === 'ranks')
  const input = graph.regions[0]
  const width = input.kind === 'input' ? input.width : 0
  return Array.from({ length: rowCount }, () =>
    Float64Array.from({ length: width }, (_, feature) => {
      if (random() < 0.1) return NaN
      const column = ranks?.kind === 'ranks' ? ranks.columns[feature] : undefined
      if (column?.kind === 'member') return Math.floor(random() * 4)
      if (column?.kind === 'rank' && random() < 0.2)
        return column.flipPoints[Math.floor(random() * column.flipPoints.length)]
      return (random() - 0.5) * 10
    }),
  )
}

export type ArtifactOptions = {
  readonly head?: Head
  readonly choose?: (tensor: NamedTensor) => EncodingChoice
  readonly checkRows?: readonly Float64Array[]
  readonly denseScale?: 'column' | 'none'
  readonly leafBooks?: StoreOptions['leafBooks']
}

/** Files of an artifact, as the converter writes them. */
export function artifactFiles(graph: RegionGraph, options: ArtifactOptions = {}): Record<string, Uint8Array> {
  const {
    head = { kind: 'regressor', link: 'identity', targetCount: graph.output.length },
    choose = affineChoice,
    checkRows = [],
    denseScale = 'column',
    leafBooks,
  } = options
  const { stored, tensors } = storeRegions(graph, { denseScale, ...(leafBooks && { leafBooks }) })
  const encoded = tensors.map((tensor) => encodeTensor(tensor, choose(tensor)))
  const portable = toGraph({ graph, stored, tensors, head })
  const constants = portable.constants.map((tensor) => encodeTensor(tensor))
  const quantized = restoreRegions(stored, new Map(encoded.map(({ spec, decoded }) => [spec.name, decoded])))
  const input = graph.regions[0]
  const answers = (from: RegionGraph) => checkRows.map((row) => toJson(interpret(from, row)))
  const metadata: Omit<ArtifactMetadata, 'shards'> = {
    schemaVersion: 1,
    writtenBy: 'test',
    name: 'synthetic',
    version: '1.0.0',
    kind: head.kind === 'transformer' ? 'transformer' : head.kind === 'regressor' ? 'regressor' : 'classifier',
    schema: {
      features: Array.from({ length: input.kind === 'input' ? input.width : 0 }, (_, i) => ({
        name: `f${i}`,
        dtype: 'number',
        used: true,
        missing: 'handled',
      })),
      outputs: ['value'],
    },
    head,
    source: { framework: 'test', frameworkVersion: '1', estimator: 'Synthetic', file: 'none', sha256: '' },
    inputs: portable.inputs,
    rawWidth: graph.output.length,
    regions: stored,
    tensors: encoded.map(({ record }) => record),
    check: { rows: checkRows.map(toJson), exact: answers(graph), quantized: answers(quantized) },
  }
  return writeArtifact({ metadata, tensors: [...encoded, ...constants], graph: portable })
}

export function artifactOf(graph: RegionGraph, options?: ArtifactOptions): Artifact {
  return readArtifact(artifactFiles(graph, options))
}

/** The regions as a reader of the artifact sees them: the oracle of what a backend must answer. */
export function storedGraph(artifact: Artifact): RegionGraph {
  return restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
}

/** uint8 over a tensor's own range for what may be quantized. */
export function affineChoice({ role, values }: NamedTensor): EncodingChoice {
  if (role === 'parameter') return { encoding: 'float32' }
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const codes = role === 'cover' ? 65535 : 255
  return { encoding: role === 'cover' ? 'uint16' : 'uint8', scale: (high - low) / codes || 1, min: low }
}

function toJson(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value))
}

/** The artifact with one node of its graph changed. */
export function withNode(artifact: Artifact, name: string, change: Record<string, unknown>): Artifact {
  const topology = artifact.modelJson.modelTopology as { node: { name: string }[] }
  const node = topology.node.map((found) => (found.name === name ? { ...found, ...change } : found))
  return { ...artifact, modelJson: { ...artifact.modelJson, modelTopology: { ...topology, node } } }
}
