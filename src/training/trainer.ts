// A job of rows to fit in; a source model, out-of-fold answers and golden rows out: the port that every trainer implements.

import type { TrainingConfig } from './training-config.ts'

/** What is to be fitted: a checked table, split. */
export type TrainingJob = {
  readonly config: TrainingConfig
  /** Absolute path of the model's folder. */
  readonly modelDir: string
  /** Row-major [rowCount, features], in the order of `config.data.features`; NaN is missing. */
  readonly features: Float64Array
  readonly rowCount: number
  /** 0 or 1. [rowCount] */
  readonly target: Uint8Array
  /** Rows to fit on. */
  readonly trainRows: Int32Array
  /** Positions in `trainRows` that each fold validates on. */
  readonly folds: readonly Int32Array[]
  readonly heldOutRows: Int32Array
  readonly seed: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number, message: string) => void
}

/** What a trainer leaves: a source model that `convertModel` reads, and its answers. */
export type TrainedModel = {
  /** Files by name, as `convertModel` takes them: the source. */
  readonly files: Readonly<Record<string, Uint8Array>>
  /** The model's output for each of `trainRows`, by a model that was not fitted on it. [trainRows.length] */
  readonly outOfFold: Float64Array
  /** The source framework's own answers on held-out rows, as `convertModel` takes them. */
  readonly golden: {
    readonly rows: readonly unknown[]
    readonly expected: Readonly<Record<string, readonly unknown[]>>
  }
  /** Framework and version, for lineage. */
  readonly framework: string
}

/** Fits models: Python in a process of its own, TensorFlow.js layers in this one, or yours. */
export interface Trainer {
  /** @throws INPUT_INVALID for parameters; EXECUTION_FAILED where fitting fails; `signal.reason` when aborted */
  train(job: TrainingJob): Promise<TrainedModel>
}
