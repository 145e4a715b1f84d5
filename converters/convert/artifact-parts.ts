// A source model and its quantized tables in, the files of an artifact and the sizes behind them out.

import { libraryVersion } from '../../src/artifact/library-version.ts'
import { type EncodedTensor, encodeTensor } from '../../src/artifact/encode-tensor.ts'
import {
  artifactSchemaVersion,
  type CheckRows,
  type Evaluation,
  type TensorRecord,
  type TrainingRecord,
} from '../../src/artifact/metadata.ts'
import type { Hash } from '../../src/artifact/sha256.ts'
import { mostInline } from '../../src/regions/formula/table.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import type { SourceModel } from '../frontends/source-model.ts'
import { toGraph } from '../graph/to-graph.ts'
import { writeArtifact } from '../graph/write-artifact.ts'
import { tablesOf } from '../quantize/formula-tables.ts'
import type { QuantizedModel } from '../quantize/quantized-tensors.ts'

/** Library and version, as in package.json: a test keeps them equal. */
export const writtenBy = `tfjs-serving ${libraryVersion}`

export type ArtifactIdentity = {
  readonly name: string
  readonly version: string
  /** The source file. */
  readonly file: string
  readonly sha256: string
}

export type AssembledArtifact = {
  readonly files: Record<string, Uint8Array>
  readonly tensors: readonly TensorRecord[]
}

export function assembleArtifact(
  source: SourceModel,
  quantized: QuantizedModel,
  rest: {
    readonly identity: ArtifactIdentity
    readonly check: CheckRows
    readonly evaluation?: Evaluation
    readonly training?: TrainingRecord
    readonly hash: Hash
  },
): AssembledArtifact {
  const { identity, check, evaluation, training, hash } = rest
  const { graph, stored, tensors } = quantized
  const { head, schema, kind } = source
  const portable = toGraph({ graph, stored, tensors, head })
  const encoded = [
    ...tensors.map((tensor) => encodeOne(quantized, encodeTensor(tensor, quantized.choices.get(tensor.name)))),
    ...portable.constants.map((constant) => encodeTensor(constant)),
  ]
  const records = encoded.map(({ record }) => record)
  const files = writeArtifact({
    metadata: {
      schemaVersion: artifactSchemaVersion,
      writtenBy,
      name: identity.name,
      version: identity.version,
      kind,
      schema,
      head,
      source: { ...source.source, file: identity.file, sha256: identity.sha256 },
      inputs: portable.inputs,
      rawWidth: graph.output.length,
      regions: stored,
      tensors: records,
      check,
      ...(evaluation && { evaluation }),
      ...(training && { training }),
    },
    tensors: encoded,
    graph: portable,
    hash,
  })
  return { files, tensors: records }
}

/** Values of a quantized tensor were rounded before; its record says how far from the source's own. */
function encodeOne({ maxErrors }: QuantizedModel, encoded: EncodedTensor): EncodedTensor {
  const maxError = maxErrors.get(encoded.record.name)
  return maxError === undefined ? encoded : { ...encoded, record: { ...encoded.record, maxError } }
}

export type PlainBytes = { readonly dense: number; readonly trees: number; readonly tables: number }

/** What the same tables take as float32 and int32, the way other converters write them. */
export function plainByteLength(graph: RegionGraph): PlainBytes {
  let dense = 0
  let trees = 0
  let tables = 0
  for (const region of graph.regions) {
    if (region.kind === 'dense-chain')
      for (const { weights, bias } of region.layers) dense += 4 * (weights.length + bias.length)
    // Feature, threshold and two children a node.
    if (region.kind === 'tree-ensemble') trees += 16 * region.jump.length + 4 * region.leafValues.length
    // Short ones stand in the JSON.
    for (const [, { values }] of tablesOf(region)) if (values.length > mostInline) tables += 4 * values.length
  }
  return { dense, trees, tables }
}
