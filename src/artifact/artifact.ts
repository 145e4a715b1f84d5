// An artifact in memory, checked: its metadata, the graph as JSON and the weight bytes.

import type { ArtifactMetadata } from './metadata.ts'

/** The weight entry of a TensorFlow.js manifest. */
export type WeightSpec = {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32'
  readonly quantization?: {
    readonly dtype: 'uint8' | 'uint16' | 'float16'
    readonly scale?: number
    readonly min?: number
    readonly original_dtype: 'float32' | 'int32'
  }
}

/** model.json as TensorFlow.js defines it. */
export type ModelJson = {
  readonly format: 'graph-model'
  readonly generatedBy: string
  readonly convertedBy: string
  readonly signature: unknown
  readonly modelTopology: unknown
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly WeightSpec[] }[]
  readonly userDefinedMetadata: Readonly<Record<string, unknown>>
}

export type Artifact = {
  readonly metadata: ArtifactMetadata
  readonly modelJson: ModelJson
  /** All shards of the one weight group, joined; exactly that long (never a view into a larger buffer). */
  readonly weightData: ArrayBuffer
  /** SHA-256 of model.json, which holds those of the shards: names the whole artifact. */
  readonly sha256: string
}
