// What a conversion did, as plain JSON: the `report` of convertModel.

import type { Evaluation, TensorRecord } from '../../src/artifact/metadata.ts'
import type { ModelKind, ModelSchema } from '../../src/artifact/schema.ts'
import type { AnswerPart } from '../check/answer-difference.ts'
import type { AnswerComparison } from '../check/compare-answers.ts'
import type { ParityReport } from '../check/parity.ts'
import type { ErrorHistogram } from '../check/weight-errors.ts'
import type { GateResult } from '../gates/gate.ts'
import type { QuantizeMode } from '../quantize/quantize-mode.ts'

export type ByteReport = {
  /** The source file. */
  readonly source: number
  /** Weights in the plain form: float32 for dense layers; 16 bytes a node and 4 a leaf value for trees. */
  readonly float32: number
  /** All weights of the artifact. */
  readonly weights: number
  readonly modelJson: number
  readonly artifact: number
  /** weights ÷ float32; null for a model without weights. */
  readonly ratio: number | null
  /** What uint8 promises for the ratio; null in other modes, and for models too small for it to matter. */
  readonly promisedRatio: number | null
}

/** How far answers moved by quantizing, by the float64 oracle before and after. */
export type QuantizationReport = {
  readonly mode: QuantizeMode
  readonly rowCount: number
  readonly labelFlips: number
  readonly largest: Readonly<Partial<Record<AnswerPart, number>>>
}

/** The finished files on a backend against the float64 oracle for the same tables. */
export type SelfCheckReport = {
  readonly backend: string
  readonly rowCount: number
  /** Of raw columns. */
  readonly largestDifference: number
}

/** How right the model is before, between and after, on rows with known truth. */
export type EvaluationReport = {
  /** The source framework's own answers where the rows bring them; else what the source's tables give in float64. */
  readonly source: Evaluation
  readonly against: 'source' | 'tables'
  /** The graph with float32 weights, run as the artifact is. */
  readonly float32: Evaluation
  /** The finished files. */
  readonly artifact: Evaluation
  /** Labels other than the source's; null for models that give none. */
  readonly flips: { readonly float32: FlipCount; readonly artifact: FlipCount } | null
}

export type FlipCount = {
  /** Ties apart. */
  readonly labelFlips: number
  /** Where the source's two best probabilities are as good as equal. */
  readonly tieFlips: number
}

export type ConversionReport = {
  readonly name: string
  readonly version: string
  readonly kind: ModelKind
  readonly source: {
    readonly file: string
    readonly format: string
    readonly sha256: string
    readonly framework: string
    readonly frameworkVersion: string
    readonly estimator: string
  }
  readonly schema: ModelSchema
  readonly bytes: ByteReport
  readonly tensors: readonly TensorRecord[]
  /** Of each tensor that is not exact. */
  readonly errors: readonly ErrorHistogram[]
  readonly quantization: QuantizationReport
  readonly selfCheck: SelfCheckReport
  /** Null without golden rows. */
  readonly parity: ParityReport | null
  /** Null without evaluation rows. */
  readonly evaluation: EvaluationReport | null
  /** The finished files against the source, on each set of rows that was given. */
  readonly comparisons: readonly AnswerComparison[]
  /** What each gate that was asked for measured; empty without gates. */
  readonly gates: readonly GateResult[]
  readonly warnings: readonly string[]
}
