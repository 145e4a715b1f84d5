// Files in; what they hold as plain JSON out: a source model's steps, features and tables, or an artifact's.

import type { Head } from '../../src/artifact/head.ts'
import type { ArtifactMetadata } from '../../src/artifact/metadata.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import type { FeatureSchema, ModelSchema } from '../../src/artifact/schema.ts'
import { type Hash, sha256Hex } from '../../src/artifact/sha256.ts'
import { isMLError } from '../../src/errors.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { restoreRegions } from '../../src/regions/store.ts'
import { foldRegions } from '../fold/fold-regions.ts'
import { describeRegions, type RegionSummary } from '../report/describe-regions.ts'
import type { EstimatorNode } from '../report/describe-estimators.ts'
import type { GraphNode } from '../report/graph/graph-node.ts'
import { operationNodes, regionNodes } from '../report/graph/graph-nodes.ts'
import type { ConvertOptions } from './convert-options.ts'
import { openSource } from './read-source-model.ts'
import { assertFiles, detectSource, isArtifactFiles, type SourceFiles } from './source-format.ts'

export type InspectOptions = Pick<ConvertOptions, 'format' | 'hash'>

export type SourceInspection = {
  readonly kind: 'source'
  readonly file: string
  readonly format: string
  readonly byteLength: number
  readonly sha256: string
  /** The object in the file with its steps and parameters; null where the file cannot be read so far. */
  readonly estimator: EstimatorNode | null
  /** Null where the model cannot be converted. */
  readonly model: {
    readonly framework: string
    readonly frameworkVersion: string
    readonly estimator: string
    readonly features: readonly FeatureSchema[]
    readonly classes: ModelSchema['classes'] | null
    readonly outputs: ModelSchema['outputs']
    readonly head: Head
    readonly regions: readonly RegionSummary[]
    /** The regions and the head, as they are drawn. */
    readonly graph: readonly GraphNode[]
  } | null
  /** What stands in the way of converting it; empty where nothing does. */
  readonly problems: readonly { readonly code: string; readonly message: string }[]
}

export type ArtifactInspection = {
  readonly kind: 'artifact'
  readonly byteLength: number
  readonly sha256: string
  readonly metadata: Omit<ArtifactMetadata, 'check' | 'regions'>
  readonly checkRowCount: number
  /** Nodes of the graph by operation. */
  readonly operations: Readonly<Record<string, number>>
  readonly regions: readonly RegionSummary[]
  /** The TensorFlow.js graph without its constants. */
  readonly graph: readonly GraphNode[]
}

export type Inspection = SourceInspection | ArtifactInspection

export function inspectFiles(files: SourceFiles, options: InspectOptions): Inspection {
  assertFiles(files)
  return isArtifactFiles(files) ? inspectArtifact(files, options) : inspectSource(files, options)
}

function inspectSource(files: SourceFiles, { format = 'auto', hash = sha256Hex }: InspectOptions): SourceInspection {
  const detected = detectSource(files, format)
  const { name, bytes } = detected
  const found = { kind: 'source', file: name, format: detected.format, byteLength: bytes.length } as const
  const problems: { code: string; message: string }[] = []
  const listed = <Result>(part: () => Result): Result | undefined => {
    try {
      return part()
    } catch (error) {
      if (!isMLError(error)) throw error
      problems.push(error.toJSON())
      return undefined
    }
  }
  const opened = listed(() => openSource(detected))
  const source = opened === undefined ? undefined : listed(() => opened.toSourceModel())
  const folded = source && listed((): RegionGraph => foldRegions(source.graph, source.schema))
  return {
    ...found,
    sha256: hash(bytes),
    estimator: opened === undefined ? null : withColumns(opened.describe(), source?.schema),
    model: source
      ? {
          ...source.source,
          features: source.schema.features,
          classes: source.schema.classes ?? null,
          outputs: source.schema.outputs,
          head: source.head,
          regions: describeRegions(folded ?? source.graph),
          graph: regionNodes(folded ?? source.graph, source.head, source.schema),
        }
      : null,
    problems,
  }
}

function inspectArtifact(files: SourceFiles, { hash }: { readonly hash?: Hash }): ArtifactInspection {
  const artifact = readArtifact(files, hash ? { hash } : {})
  const { check, regions: _regions, ...metadata } = artifact.metadata
  const operations: Record<string, number> = {}
  for (const op of operationNames(artifact.modelJson.modelTopology)) operations[op] = (operations[op] ?? 0) + 1
  return {
    kind: 'artifact',
    byteLength: files['model.json'].length + artifact.weightData.byteLength,
    sha256: artifact.sha256,
    metadata,
    checkRowCount: check.rows.length,
    operations,
    regions: describeRegions(restoreRegions(artifact.metadata.regions, decodeWeights(artifact))),
    graph: operationNodes(artifact.modelJson.modelTopology),
  }
}

/** A model that has no steps has the columns of the whole. */
function withColumns(root: EstimatorNode, schema: ModelSchema | undefined): EstimatorNode {
  if (root.columns !== undefined || schema === undefined) return root
  const { features, outputs } = schema
  const names = features.slice(0, shownFeatures).map(({ name }) => name)
  const columns = { inputCount: features.length, features: names, featureCount: features.length, output: outputs }
  return { ...root, columns }
}

const shownFeatures = 8

function operationNames(topology: unknown): string[] {
  const nodes: unknown = typeof topology === 'object' && topology !== null && 'node' in topology ? topology.node : []
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node: unknown) =>
    typeof node === 'object' && node !== null && 'op' in node && typeof node.op === 'string' ? [node.op] : [],
  )
}
