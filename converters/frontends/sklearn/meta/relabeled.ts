// A predictor of encoded labels and the labels that they stand for in; the predictor of those labels out.

import type { Head } from '../../../../src/artifact/head.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import type { Predictor } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'

/** Children of a parent that encodes its labels predict numbers of its classes. */
export function relabeled(child: Predictor, classes: readonly Scalar[], reader: EstimatorReader): Predictor {
  const head = relabeledHead(child.head, (code) => {
    const label = typeof code === 'string' ? undefined : classes[Number(code)]
    if (label !== undefined) return label
    throw reader.corrupt('classes_', 'a class for each encoded label', `none for ${String(code)}`)
  })
  if (head === undefined || head.targets.length !== 1)
    throw unsupported(reader.place, `a ${child.head.kind} of several targets inside`, 'Use a classifier of one target.')
  return { ...child, head, classes: head.targets[0].classes }
}

function relabeledHead(head: Head, labelOf: (code: Scalar) => Scalar) {
  switch (head.kind) {
    case 'classifier':
      return { ...head, targets: head.targets.map((target) => ({ ...target, classes: target.classes.map(labelOf) })) }
    case 'labels':
      return { ...head, targets: head.targets.map((target) => ({ ...target, classes: target.classes.map(labelOf) })) }
    default:
      return undefined
  }
}
