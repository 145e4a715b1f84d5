// The yes/no estimators of a OneVsRest, OneVsOne or OutputCode classifier in; a score and a vote of each out.

import { PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { EstimatorReader } from '../estimator-reader.ts'
import type { Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { pathWithin, unsupported } from '../place.ts'
import { classifierAnswers, regressorValues } from './child-answers.ts'
import { readMembers } from './children.ts'
import type { FormulaColumns } from './formula-columns.ts'

export type BinaryMember = {
  /** `_predict_binary`: of a regressor its value, else decision_function, else the probability of the second class. */
  readonly score: ColumnRef
  /** Above it the answer is yes; a classifier with a decision function has 0. */
  readonly threshold: number
  readonly hasScores: boolean
  /** Absent where the member gives none. */
  readonly probability: ColumnRef | undefined
  /** 1 where predict gives the second class. */
  readonly vote: ColumnRef
}

/** Source: sklearn/multiclass.py of 1.9.1, `_predict_binary` and `_threshold_for_binary_predict`. */
export function readBinaryMembers(
  reader: EstimatorReader,
  input: ColumnSet,
  scope: Scope,
  formulas: FormulaColumns,
): BinaryMember[] {
  const { place } = reader
  return readMembers(reader).map((member, i): BinaryMember => {
    const constant = constantOf(member, reader)
    if (constant !== undefined) {
      const [column] = formulas.constants([constant])
      return { score: column, threshold: 0, hasScores: true, probability: column, vote: column }
    }
    const child = scope.predict(member, input, pathWithin(place, `estimators_[${i}]`))
    if (child.kind === 'regressor') {
      const [score] = regressorValues(child, formulas, place)
      const [vote] = formulas.map([score], 'above', 0.5)
      return { score, threshold: 0.5, hasScores: false, probability: undefined, vote }
    }
    const answers = classifierAnswers(child, formulas, place)
    if (answers.classes.length !== 2) throw unsupported(place, 'members of other than two classes', 'Save it again.')
    const probability = answers.hasProbabilities ? answers.probabilities()[1] : undefined
    const score = answers.hasScores ? answers.scores()[0] : probability
    if (score === undefined) throw unsupported(place, 'members without scores and probabilities', 'Use others.')
    return {
      score,
      threshold: answers.hasScores ? 0 : 0.5,
      hasScores: answers.hasScores,
      probability,
      vote: answers.votes()[1],
    }
  })
}

/** What `_ConstantPredictor` answers for every row: its label was the same in all of training. */
function constantOf(member: PyValue, reader: EstimatorReader): number | undefined {
  if (!(member instanceof PyObject) || member.name !== '_ConstantPredictor') return undefined
  const place = { ...reader.place, path: pathWithin(reader.place, 'estimators_'), className: member.name }
  const [value] = new EstimatorReader(member, place, { reads: ['y_'], ignored: {} }).finiteNumbers('y_', 1)
  return value
}
