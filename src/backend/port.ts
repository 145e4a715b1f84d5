// What every backend offers: load an artifact once, run batches of slabs, give everything back.

import type { Artifact } from '../artifact/artifact.ts'

export type BackendName = 'kernel' | 'cuda' | 'webgpu' | 'native' | 'wasm' | 'cpu'

/** `values` holds at least rowCount · width float32, row-major; it may be longer, since slabs are pooled. */
export type Slab = { readonly name: string; readonly width: number; readonly values: Float32Array }

export type BackendModel = {
  /** `sync`: `run` has filled the outputs when it returns. */
  readonly mode: 'sync' | 'async'
  /**
   * Runs one batch: reads `rowCount` rows of each input slab, writes `rowCount` rows of each output slab.
   * @throws EXECUTION_FAILED where the graph throws; OUT_OF_MEMORY where there is no room for it.
   */
  run(inputs: readonly Slab[], rowCount: number, outputs: readonly Slab[]): void | Promise<void>
  /** Frees weights; a second call does nothing. */
  dispose(): void
}

export type Backend = {
  readonly name: BackendName
  /** Library and version, for `doctor` and health. */
  readonly description: string
  /** @throws BACKEND_UNAVAILABLE, MODEL_LOAD_FAILED or OUT_OF_MEMORY */
  load(artifact: Artifact): Promise<BackendModel>
}
