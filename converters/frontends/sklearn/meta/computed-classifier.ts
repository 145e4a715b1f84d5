// Columns of probabilities, scores and labels in; how they are read out.

import type { LabelTarget } from '../../../../src/artifact/head.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { classifierOf } from '../classifier.ts'
import type { Predictor } from '../estimator-spec.ts'

/** The label is the class of the largest probability, the first of equal ones. */
export function probabilityClassifier(probabilities: readonly ColumnRef[], classes: readonly Scalar[]): Predictor {
  return classifierOf(probabilities, classes, { link: 'identity', tie: 'first', hasScores: false })
}

export type ComputedTarget = {
  readonly classes: readonly Scalar[]
  readonly label: readonly ColumnRef[]
  readonly reading?: Pick<LabelTarget['label'], 'threshold' | 'isIndex' | 'tie'>
  readonly probabilities?: readonly ColumnRef[]
  readonly scores?: readonly ColumnRef[]
}

/** Targets whose parts stand in columns of their own. */
export function computedClassifier(targets: readonly ComputedTarget[]): Predictor {
  const output: ColumnRef[] = []
  const place = (columns: readonly ColumnRef[]) => {
    const known = output.findIndex((_, i) => columns.every((ref, k) => isSame(output[i + k], ref)))
    if (known >= 0) return { start: known, width: columns.length }
    return { start: output.push(...columns) - columns.length, width: columns.length }
  }
  const read = targets.map(({ classes, label, reading, probabilities, scores }): LabelTarget => {
    return {
      classes,
      label: { ...place(label), ...reading },
      ...(probabilities && { probabilities: place(probabilities) }),
      ...(scores && { scores: place(scores) }),
    }
  })
  const hasProbabilities = targets.every(({ probabilities }) => probabilities !== undefined)
  const hasScores = targets.some(({ scores }) => scores !== undefined)
  return {
    kind: 'classifier',
    output,
    head: { kind: 'labels', targets: read },
    outputs: [
      'label',
      ...(hasProbabilities ? ['probabilities' as const] : []),
      ...(hasScores ? ['scores' as const] : []),
    ],
    classes: targets.length === 1 ? targets[0].classes : targets.map(({ classes }) => classes),
  }
}

function isSame(a: ColumnRef | undefined, b: ColumnRef): boolean {
  return a !== undefined && a.region === b.region && a.column === b.column
}
