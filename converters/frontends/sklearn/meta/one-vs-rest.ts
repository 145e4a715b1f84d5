// A fitted OneVsRestClassifier in; the best, or each, of its yes/no estimators out.

import { PyDict } from '../../../formats/pickle/values.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { readClasses } from '../class-labels.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import { defineEstimator, isSince, type Predictor } from '../estimator-spec.ts'
import { type BinaryMember, readBinaryMembers } from './binary-members.ts'
import { largest } from './child-answers.ts'
import { computedClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'
import { multilabelClassifier } from './multilabel.ts'

/** Source: sklearn/multiclass.py of 1.9.1, `OneVsRestClassifier.predict` and `predict_proba`. */
export const oneVsRestClassifier = defineEstimator({
  names: ['OneVsRestClassifier'],
  role: 'classifier',
  notes: 'two classes, more, or several yes/no labels; any members',
  reads: ['estimators_', 'label_binarizer_', 'classes_'],
  ignored: { estimator: 'fitted into estimators_', n_jobs: 'speed only', verbose: 'messages only' },
  predict(reader, input, scope) {
    const formulas = new FormulaColumns(scope.builder)
    const members = readBinaryMembers(reader, input, scope, formulas)
    if (isMultilabel(reader)) return eachLabel(members, formulas)
    const classes = readClasses(reader)
    const count = classes.length === 2 ? 1 : classes.length
    if (members.length !== count) throw reader.corrupt('estimators_', `${count} estimators`, `${members.length}`)
    return classes.length === 2 ? oneMember(members[0], classes, formulas) : best(reader, members, classes, formulas)
  },
})

function isMultilabel(reader: EstimatorReader): boolean {
  const { state } = reader.object('label_binarizer_', 'LabelBinarizer')
  const kind = state instanceof PyDict ? state.get('y_type_') : undefined
  return typeof kind === 'string' && kind.startsWith('multilabel')
}

function oneMember(
  { score, threshold, hasScores, probability }: BinaryMember,
  classes: readonly Scalar[],
  formulas: FormulaColumns,
): Predictor {
  const label = formulas.withComplement(formulas.map([score], 'above', threshold))
  return computedClassifier([
    {
      classes,
      label,
      ...(probability && { probabilities: formulas.withComplement([probability]) }),
      ...(hasScores && { scores: [score] }),
    },
  ])
}

function best(
  reader: EstimatorReader,
  members: readonly BinaryMember[],
  classes: readonly Scalar[],
  formulas: FormulaColumns,
): Predictor {
  const scores = members.map(({ score }) => score)
  const probabilities = probabilitiesOf(members)
  // Of equal scores the last class won before 1.8.
  const tie = isSince(reader.place.version, 1, 8) ? 'first' : 'second'
  return computedClassifier([
    {
      classes,
      label: largest(scores, tie, formulas),
      ...(probabilities && { probabilities: formulas.groups(probabilities, 'share-or-zero', classes.length) }),
      ...(members.every(({ hasScores }) => hasScores) && { scores }),
    },
  ])
}

function eachLabel(members: readonly BinaryMember[], formulas: FormulaColumns): Predictor {
  const probabilities = probabilitiesOf(members)
  if (probabilities !== undefined) {
    const hasScores = members.every((member) => member.hasScores)
    const isDecided = members.some((member) => member.hasScores)
    return multilabelClassifier(
      {
        probabilities,
        classes: [...members.keys()],
        label: isDecided
          ? members.flatMap(({ score, threshold }) => formulas.map([score], 'above', threshold))
          : undefined,
        scores: hasScores ? members.map(({ score }) => score) : undefined,
      },
      formulas,
    )
  }
  return computedClassifier(
    members.map(({ score, threshold, hasScores }) => ({
      classes: [0, 1],
      label: formulas.map([score], 'above', threshold),
      reading: { threshold: 0.5 },
      ...(hasScores && { scores: [score] }),
    })),
  )
}

/** Undefined where a member gives none. */
function probabilitiesOf(members: readonly BinaryMember[]): ColumnRef[] | undefined {
  const found = members.flatMap(({ probability }) => (probability === undefined ? [] : [probability]))
  return found.length === members.length ? found : undefined
}
