// Columns with one number a class in; their probabilities, the number of the best class, and their difference out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import { classifierOf } from '../classifier.ts'
import type { Predictor, Scope } from '../estimator-spec.ts'
import type { Column } from '../columns.ts'

/** Column lists that come of one region, all computed from `sources`. */
export type Computed = { readonly columns: readonly Column[]; readonly sources: readonly Column[] }

/** Σ weight · column, one sum a row of `weights`, with no addends. */
export function sumsOf(
  { columns, sources }: Computed,
  weights: readonly (readonly number[])[],
  scope: Scope,
): Column[] {
  const table = Float64Array.from(columns.flatMap((_, i) => weights.map((row) => row[i])))
  return scope.builder.compute(
    {
      kind: 'linear',
      inputs: columns.map(({ ref }) => ref),
      weights: exactTable(table, weights.length),
      bias: exactTable(new Float64Array(weights.length), weights.length),
    },
    sources,
  )
}

/** exp(x) / Σ exp(x) in float64: logarithms of thousands would lose their differences as float32. */
export function softmaxOf({ columns, sources }: Computed, { builder }: Scope): Column[] {
  const inputs = columns.map(({ ref }) => ref)
  return builder.compute({ kind: 'groups', inputs, operation: 'softmax', size: inputs.length }, sources)
}

/** The number of the first of the largest columns. */
export function indexOfLargest({ columns, sources }: Computed, scope: Scope): Column[] {
  const inputs = columns.map(({ ref }) => ref)
  const hot = scope.builder.compute({ kind: 'groups', inputs, operation: 'one-hot-max', size: inputs.length }, sources)
  return sumsOf({ columns: hot, sources }, [columns.map((_, i) => i)], scope)
}

/** A classifier without scores, whose probabilities are the softmax of `logs`. */
export function softmaxClassifier(logs: Computed, classes: readonly Scalar[], scope: Scope): Predictor {
  const output = softmaxOf(logs, scope).map(({ ref }) => ref)
  return classifierOf(output, classes, { link: 'identity', tie: 'first', hasScores: false })
}

/** A classifier whose scores are `logs`, for two classes their difference, and whose probabilities are their softmax. */
export function scoredClassifier(logs: Computed, classes: readonly Scalar[], scope: Scope): Predictor {
  const probabilities = softmaxOf(logs, scope)
  const scores = classes.length === 2 ? sumsOf(logs, [[-1, 1]], scope) : logs.columns
  const range = { start: 0, width: classes.length }
  const target = {
    classes,
    label: range,
    probabilities: range,
    scores: { start: classes.length, width: scores.length },
  }
  return {
    kind: 'classifier',
    output: [...probabilities, ...scores].map(({ ref }) => ref),
    head: { kind: 'labels', targets: [target] },
    outputs: ['label', 'probabilities', 'scores'],
    classes,
  }
}

/** A model that gives the first of `classes` whose column is the largest, and nothing else. */
export function labelOfLargest(columns: Computed, classes: readonly Scalar[], scope: Scope): Predictor {
  return {
    kind: 'classifier',
    output: indexOfLargest(columns, scope).map(({ ref }) => ref),
    head: { kind: 'labels', targets: [{ classes, label: { start: 0, width: 1, isIndex: true } }] },
    outputs: ['label'],
    classes,
  }
}

/** Clusters and components are numbered. */
export function numbersBelow(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
