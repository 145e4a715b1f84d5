// What one scikit-learn estimator is to us: which attributes it has, and how it becomes regions.

import type { Head } from '../../../src/artifact/head.ts'
import type { ModelKind, OutputName, Scalar } from '../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../src/regions/region.ts'
import type { PyObject, PyValue } from '../../formats/pickle/values.ts'
import type { SourceModel } from '../source-model.ts'
import type { EstimatorReader, KnownAttributes } from './estimator-reader.ts'
import type { ColumnSet } from './columns.ts'
import type { GraphBuilder } from './graph-builder.ts'

/** What the last estimator gives: raw columns and how they are read. */
export type Predictor = {
  readonly kind: ModelKind
  readonly output: readonly ColumnRef[]
  readonly head: Head
  readonly outputs: readonly OutputName[]
  readonly classes?: readonly Scalar[] | readonly (readonly Scalar[])[]
  /** False where the scores are no decision_function, so that an estimator around it reads probabilities. @default true */
  readonly hasDecisionFunction?: boolean
}

/** Hands parts of an estimator to the specs of their own classes. */
export type Scope = {
  readonly builder: GraphBuilder
  transform(value: PyValue, columns: ColumnSet, path: string): ColumnSet
  predict(value: PyValue, columns: ColumnSet, path: string): Predictor
}

/** A package other than scikit-learn with estimators of its interface. */
export type EstimatorPackage = {
  /** The first part of the names of its modules. */
  readonly module: string
  readonly framework: string
  /** What was read, for the printed table; its own reader judges the version of a file. */
  readonly versions: string
  /** What it wraps: its features are those of an estimator that is the whole model. */
  readonly modelOf: (estimator: PyObject) => SourceModel
}

export type EstimatorSpec = KnownAttributes & {
  /** Class names that share the spec. */
  readonly names: readonly string[]
  readonly role: 'transformer' | 'classifier' | 'regressor' | 'composite'
  /** What of it is supported, in a sentence for the printed table. */
  readonly notes: string
  /** Absent for scikit-learn itself. */
  readonly package?: EstimatorPackage
  /** Names of the features of a model that begins with it, where it does not count its columns. */
  readonly inputNames?: (estimator: PyObject) => readonly string[]
  readonly transform?: (reader: EstimatorReader, input: ColumnSet, scope: Scope) => ColumnSet
  readonly predict?: (reader: EstimatorReader, input: ColumnSet, scope: Scope) => Predictor
}

/** A frozen spec. */
export function defineEstimator(spec: EstimatorSpec): EstimatorSpec {
  return Object.freeze(spec)
}

/** Major and minor of `1.6.1`, or undefined where the text is no version. */
export function parseVersion(version: string): readonly [number, number] | undefined {
  const match = /^(\d{1,4})\.(\d{1,4})(?:$|\D)/.exec(version)
  return match === null ? undefined : [Number(match[1]), Number(match[2])]
}

/** True where the estimator was written by scikit-learn `major.minor` or later. */
export function isSince(version: string, major: number, minor: number): boolean {
  const [a, b] = parseVersion(version) ?? [0, 0]
  return a > major || (a === major && b >= minor)
}
