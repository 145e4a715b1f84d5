// A row or a prediction as callers have it in; one number a column, NaN for missing, out: what drift is looked for in.

import type { Scalar } from '../artifact/schema.ts'
import type { Prediction, Row } from '../rows/prediction.ts'

/** A feature to watch; `model.schema.features` are such. */
export type DriftFeature = {
  readonly name: string
  /** @default 'number' */
  readonly dtype?: 'number' | 'string' | 'boolean' | 'text'
  /** In the order of their index, by which typed arrays name them. */
  readonly categories?: readonly Scalar[]
}

/** What a prediction is watched by. */
export type PredictionReading = {
  /** The value of a regressor, the probability of the second of two classes, else the label. */
  readonly output: Scalar | undefined
  /** The highest probability. */
  readonly confidence: number | undefined
}

const nothing: PredictionReading = { output: undefined, confidence: undefined }

/** Predictions of several targets, vectors and tensors are not watched. */
export function readPrediction({ value, label, probabilities }: Prediction): PredictionReading {
  if (typeof value === 'number') return { output: value, confidence: undefined }
  const isFlat = probabilities !== undefined && typeof probabilities[0] === 'number'
  const shares = isFlat ? (probabilities as readonly number[]) : undefined
  if (shares === undefined)
    return label === undefined || typeof label === 'object' ? nothing : { output: label, confidence: undefined }
  const confidence = Math.max(...shares)
  if (shares.length === 2) return { output: shares[1], confidence }
  return { output: typeof label === 'object' ? undefined : label, confidence }
}

/** The feature's value as the caller wrote it; undefined where the row has none, or is none. */
export function valueIn(row: Row, position: number, { name, dtype, categories }: DriftFeature): unknown {
  if (typeof row !== 'object' || row === null) return undefined
  if (Array.isArray(row)) return row[position] as unknown
  if (!ArrayBuffer.isView(row)) return (row as Readonly<Record<string, unknown>>)[name]
  const number = (row as Float64Array)[position]
  if (dtype !== 'string' || categories === undefined || Number.isNaN(number)) return number
  // an index that is none of them is a category that nobody knows
  return categories[number] ?? unknownCategory
}

const unknownCategory = Symbol('a category that nobody knows')

/** NaN for what is missing: null, undefined, NaN, and whatever is no number. JSON has no infinity, and drift needs none. */
export function numberIn(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'number') return NaN
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE)
}

/** True for null, undefined and NaN, which mean missing. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || Number.isNaN(value)
}

/** One way to write a category: 0 and 1 of a boolean feature are false and true. */
export function categoryIn(value: unknown, dtype: DriftFeature['dtype']): unknown {
  return dtype === 'boolean' && typeof value === 'number' ? value !== 0 : value
}
