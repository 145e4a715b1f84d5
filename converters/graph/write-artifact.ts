// Metadata, encoded tensors and a graph in, the files of an artifact out; the same input always gives the same bytes.

import type { ModelJson } from '../../src/artifact/artifact.ts'
import type { EncodedTensor } from '../../src/artifact/encode-tensor.ts'
import { type ArtifactMetadata, metadataKey } from '../../src/artifact/metadata.ts'
import { type Hash, sha256Hex } from '../../src/artifact/sha256.ts'
import { storeCheckRows } from '../../src/artifact/stored-check-rows.ts'
import { storeSchema } from '../../src/artifact/stored-schema.ts'
import type { PortableGraph } from './to-graph.ts'

/** What TensorFlow.js' own converter uses: the largest file that browsers cache. */
const shardByteLength = 4 * 1024 * 1024

/** Named as TF.js names the TensorFlow that wrote a graph; it is only shown. */
const generatedBy = 'tfjs-serving'

export type ArtifactParts = {
  readonly metadata: Omit<ArtifactMetadata, 'shards'>
  /** The regions' tensors and the graph's constants; stored in this order. */
  readonly tensors: readonly EncodedTensor[]
  readonly graph: PortableGraph
  readonly hash?: Hash
}

/** `model.json` and `group1-shard1of1.bin` and so on, as bytes by name. */
export function writeArtifact({
  metadata,
  tensors,
  graph,
  hash = sha256Hex,
}: ArtifactParts): Record<string, Uint8Array> {
  const shards = cutShards(tensors)
  const paths = shards.map((_, number) => `group1-shard${number + 1}of${shards.length}.bin`)
  const shardRecords = shards.map((bytes, number) => ({
    path: paths[number],
    byteLength: bytes.length,
    sha256: hash(bytes),
  }))
  const modelJson: ModelJson = {
    format: 'graph-model',
    generatedBy,
    convertedBy: metadata.writtenBy,
    signature: graph.signature,
    userDefinedMetadata: { [metadataKey]: { ...inShort(metadata), shards: shardRecords } },
    modelTopology: graph.modelTopology,
    weightsManifest: [{ paths, weights: tensors.map(({ spec }) => spec) }],
  }
  const files: Record<string, Uint8Array> = { 'model.json': new TextEncoder().encode(JSON.stringify(modelJson)) }
  shards.forEach((bytes, number) => {
    files[paths[number]] = bytes
  })
  return files
}

/** As `parseMetadata` reads it back. */
function inShort<Given extends Pick<ArtifactMetadata, 'schema' | 'check'>>(metadata: Given) {
  return { ...metadata, schema: storeSchema(metadata.schema), check: storeCheckRows(metadata.check) }
}

/** All tensors one after the other without padding, cut every four mebibytes; a tensor may span shards. */
function cutShards(tensors: readonly EncodedTensor[]): Uint8Array[] {
  const total = tensors.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const all = new Uint8Array(total)
  let offset = 0
  for (const { bytes } of tensors) {
    all.set(bytes, offset)
    offset += bytes.length
  }
  const shards: Uint8Array[] = []
  for (let start = 0; start === 0 || start < total; start += shardByteLength)
    shards.push(all.slice(start, start + shardByteLength))
  return shards
}
