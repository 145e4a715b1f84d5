// What an artifact says about itself: the JSON that rides in model.json under userDefinedMetadata['tfjs-serving'].

import type { Head } from './head.ts'
import type { ModelKind, ModelSchema } from './schema.ts'
import type { TensorRole } from './tensor.ts'

/** Raised when a reader of an older library version would misread the artifact. */
export const artifactSchemaVersion = 1

/** Key of our part of `userDefinedMetadata`. */
export const metadataKey = 'tfjs-serving'

export type TensorEncoding = 'uint8' | 'uint16' | 'float16' | 'float32' | 'int32'

/** How one tensor was stored, and what that cost. */
export type TensorRecord = {
  readonly name: string
  readonly role: TensorRole
  readonly shape: readonly number[]
  readonly encoding: TensorEncoding
  readonly byteLength: number
  /** Largest difference between a stored and an original element. */
  readonly maxError: number
  /** Why the tensor takes more than the encoding asked for; absent where it does not. */
  readonly escalated?: string
}

/** A slab that the graph takes: float32 [rows, width]. */
export type GraphInput = { readonly name: 'ranks' | 'features'; readonly width: number; readonly region: number }

/** Rows with the answers of the float64 oracle; null is NaN. */
export type CheckRows = {
  /** Canonical rows. */
  readonly rows: readonly (readonly (number | null)[])[]
  /** Raw outputs of the unquantized tables: what quantization cost. */
  readonly exact: readonly (readonly (number | null)[])[]
  /** Raw outputs of the stored tables: what a right backend gives. */
  readonly quantized: readonly (readonly (number | null)[])[]
}

/** Measured on rows with known truth; never configured. */
export type Evaluation = {
  readonly rowCount: number
  /** Classifiers: share of right labels. Regressors with a `decision`: share of rows on the right side of its threshold. */
  readonly accuracy?: number
  /** What `accuracy` of a regressor means: a value decides for yes where it is at least the threshold. */
  readonly decision?: Decision
  /** Regressors. */
  readonly rmse?: number
  readonly r2?: number
}

/** On the scale of a model's `value`. */
export type Decision = { readonly threshold: number }

/** How the source model came to be, as whoever trained it says; measured, never configured. */
export type TrainingRecord = {
  readonly data: {
    /** `mixed`: partly real, partly simulated. */
    readonly origin: 'real' | 'synthetic' | 'mixed'
    readonly description: string
    readonly sha256: string
    readonly rowCount: number
  }
  /** Such as `stratified, 25 % held out`. */
  readonly split?: string
  readonly seed?: number
  /** By name, on rows that training never saw. */
  readonly metrics?: Readonly<Record<string, number>>
}

export type ArtifactMetadata = {
  readonly schemaVersion: number
  /** Library and version that wrote the artifact. */
  readonly writtenBy: string
  /** Versions of this library that may serve it, such as `>=0.2.0 <2.0.0`. @default every one that reads the schema version */
  readonly servedBy?: string
  readonly name: string
  readonly version: string
  readonly kind: ModelKind
  readonly schema: ModelSchema
  readonly head: Head
  readonly source: {
    readonly framework: string
    readonly frameworkVersion: string
    readonly estimator: string
    readonly file: string
    readonly sha256: string
  }
  readonly inputs: readonly GraphInput[]
  /** Number of raw columns: width of the graph output `raw`. */
  readonly rawWidth: number
  /** Regions without their tensors; read back by regions/store.ts. */
  readonly regions: unknown
  readonly tensors: readonly TensorRecord[]
  readonly check: CheckRows
  readonly evaluation?: Evaluation
  readonly training?: TrainingRecord
  readonly shards: readonly { readonly path: string; readonly byteLength: number; readonly sha256: string }[]
}
