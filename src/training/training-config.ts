// What a model's training.json says: its data, split, trainer, decision and gates; paths are relative to the model's folder.

/** Column of probabilities or scores that decide between two outcomes: `value ≥ threshold` on the model's own scale. */
export type Decision = {
  /** On the scale of the model's output. */
  readonly threshold: number
  /** What a value at or over the threshold means, such as `hot`. */
  readonly positive: string
  readonly negative: string
  /** The model's output ÷ scale is a probability. @default 1 */
  readonly scale?: number
}

/** Which rows, and what their columns mean. */
export type DataConfig = {
  /** CSV with a header row. */
  readonly file: string
  /** `mixed`: real listings, simulated behaviour. */
  readonly origin: 'real' | 'synthetic' | 'mixed'
  /** What the rows are, in one sentence for card and metadata. */
  readonly description: string
  /** Column with 0 or 1. */
  readonly target: string
  /** Columns in the order of the schema. */
  readonly features: readonly string[]
  /** Column with the true probability, where a simulator knows it: the best reachable scores come from it. */
  readonly trueProbability?: string
  /** Column whose rows belong together, such as a lead: a group is never on both sides of a split. */
  readonly group?: string
  /** Held-out and evaluated rows must have these values: `{ "horizon_days": 14 }`. @default all rows */
  readonly evaluateWhere?: Readonly<Record<string, number>>
}

/** Which rows are held out: a share of them, 0 to 1, drawn evenly from each class, or the latest. */
export type SplitConfig =
  | { readonly kind: 'stratified'; readonly heldOutShare: number; readonly seed: number }
  /** The rows with the highest values of `column` are held out. */
  | { readonly kind: 'time'; readonly column: string; readonly heldOutShare: number; readonly seed: number }

export type TrainerConfig =
  | {
      readonly kind: 'python'
      /** Speaks the protocol of `models/training_job.py`. */
      readonly script: string
      /** pip requirements with pinned versions. */
      readonly requirements: string
      readonly parameters: Readonly<Record<string, unknown>>
    }
  /** TensorFlow.js layers, in this process. */
  | { readonly kind: 'layers'; readonly parameters: Readonly<Record<string, unknown>> }

/** What a version must reach to be staged. */
export type GateConfig = {
  /** Least accuracy of the decision on held-out rows, by the quantized artifact. */
  readonly accuracyFloor: number
  /** Largest expected calibration error (10 equal bins of the probability). */
  readonly maxCalibrationError: number
  /** p95 of a single prediction, milliseconds. */
  readonly latencyTargetMs: number
  /** Size of the artifact's weights and graph. */
  readonly maxBytes: number
  /** Largest accuracy that quantization may cost. @default 0.02 */
  readonly maxQuantizationLoss?: number
}

/** All of training.json. */
export type TrainingConfig = {
  readonly name: string
  /** Version that `train` makes where none is given. */
  readonly version: string
  readonly data: DataConfig
  readonly split: SplitConfig
  /** Cross-validation folds. @default 5 */
  readonly folds?: number
  readonly trainer: TrainerConfig
  /** Path of the source file or folder that the trainer leaves and `convert` reads. */
  readonly source: string
  readonly decision: Decision
  /** Rule whose accuracy stands beside the model's. */
  readonly fallback: string
  readonly gates: GateConfig
}
