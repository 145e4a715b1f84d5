// What every backend offers: load an artifact once, run batches of slabs, give everything back.

import type { Artifact } from '../artifact/artifact.ts'
import type { RegionGraph } from '../regions/region.ts'

export type BackendName = 'kernel' | 'cuda' | 'webgpu' | 'native' | 'wasm' | 'cpu'

/** `values` holds at least rowCount · width numbers, row-major; it may be longer, since slabs are pooled. */
export type Slab<Values extends Float32Array | Float64Array = Float32Array> = {
  readonly name: string
  readonly width: number
  readonly values: Values
}

/** What models that take rows read: one float64 a feature, as the row reader leaves them. */
export type RowSlab = Slab<Float64Array>

export type AnySlab = Slab | RowSlab

/** Name of the one slab that models which take rows read. */
export const rowSlabName = 'rows'

/** What one run may cost. */
export type RunLimits = {
  /** A run that takes longer has failed, and what computes it is ended and made anew. */
  readonly timeBudgetMs: number
}

export type BackendModel = {
  /** `sync`: `run` has filled the outputs when it returns. */
  readonly mode: 'sync' | 'async'
  /**
   * `columns`: the graph's inputs, as the encoder makes them. `rows`: one RowSlab, which the model encodes by itself.
   * @default 'columns'
   */
  readonly takes?: 'columns' | 'rows'
  /**
   * How long a run may wait for the process or thread that computes it. There where `run` keeps to its limits by itself,
   * counted from when it can begin; others do not read them.
   */
  readonly hostWaitMs?: number
  /** How it computes, and why not faster; there where the backend has several ways. */
  readonly form?: string
  /**
   * Runs one batch: reads `rowCount` rows of each input slab, writes `rowCount` rows of each output slab. The slabs are the
   * run's until it has settled: a host that is lost is sent its rows again.
   * @throws EXECUTION_FAILED where the graph throws or a slab does not fit; OUT_OF_MEMORY where there is no room for it;
   * BACKEND_UNAVAILABLE where the backend is gone for good; CLOSED after `dispose`
   */
  run(inputs: readonly AnySlab[], rowCount: number, outputs: readonly Slab[], limits?: RunLimits): void | Promise<void>
  /** Frees weights; a second call does nothing. */
  dispose(): void
}

/** What a backend computes with, as it says itself once it runs. */
export type BackendFacts = {
  /** Libraries and versions that compute. */
  readonly library: string
  readonly device: {
    /** `software`: a GPU's interface without a GPU. */
    readonly kind: 'cpu' | 'gpu' | 'software'
    readonly name: string
    readonly driver?: string
    readonly memoryByteLength?: number
  }
  /** Threads that one operation may use; absent where the backend does not say. */
  readonly threadCount?: number
}

/** What has happened to a backend since its process began. */
export type BackendHealth = {
  /** Times that its host process or its device was lost and made anew. */
  readonly restartCount: number
  /** Why it was lost last. */
  readonly lastLoss?: string
  /** Why it serves nothing now although it holds models, and when it is tried again; absent while it serves. */
  readonly outage?: string
}

/** Whether regions are those that the artifact's bytes hold, or others that were made of them. */
export type RegionSource = 'own' | 'derived'

export type Backend = {
  readonly name: BackendName
  /** Library and version, for `doctor` and health. */
  readonly description: string
  /** True where `load` computes the regions that it is given, whatever the artifact's own are. @default false */
  readonly computesRegions?: boolean
  /**
   * Starts it where it does not run yet, and says what it is.
   * @throws BACKEND_UNAVAILABLE; `details.remedy` is the command that mends it, where there is one
   */
  open(): Promise<BackendFacts>
  /**
   * @param restored the artifact's regions, verified, for who computes them itself: to read them again takes time
   * @param source `derived` ones are nowhere else; only who computes regions is given them. @default 'own'
   * @throws BACKEND_UNAVAILABLE, MODEL_LOAD_FAILED, VALIDATION_FAILED, UNSUPPORTED, LIMIT_EXCEEDED or OUT_OF_MEMORY
   */
  load(artifact: Artifact, restored?: RegionGraph, source?: RegionSource): Promise<BackendModel>
  /** Tensors alive on the backend: the gauge of its leaks. */
  tensorCount(): Promise<number>
  health(): BackendHealth
  /** Ends what it started for itself, models included; a later `open` or `load` starts anew. */
  close(): Promise<void>
}

/** What a caller needs that only loads. */
export type ArtifactLoader = Pick<Backend, 'name' | 'description' | 'load'>
