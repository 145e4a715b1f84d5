// A fitted OneVsOneClassifier or OutputCodeClassifier in; the class that its yes/no estimators agree on best out.

import { readClasses } from '../class-labels.ts'
import { toMatrix } from '../estimator-reader.ts'
import { defineEstimator, isSince } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { readBinaryMembers } from './binary-members.ts'
import { largest } from './child-answers.ts'
import { computedClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'

/** Source: sklearn/multiclass.py and `_ovr_decision_function` of sklearn/utils/multiclass.py of 1.9.1. */
export const oneVsOneClassifier = defineEstimator({
  names: ['OneVsOneClassifier'],
  role: 'classifier',
  notes: 'votes of any members, ties by their confidence; decision_function as scores',
  reads: ['estimators_', 'classes_', 'pairwise_indices_'],
  ignored: { estimator: 'fitted into estimators_', n_jobs: 'speed only' },
  predict(reader, input, scope) {
    const { place } = reader
    const classes = readClasses(reader)
    if (reader.valueOr('pairwise_indices_', null) !== null)
      throw unsupported(place, 'members on a precomputed kernel', 'Use a kernel that is computed from features.')
    const formulas = new FormulaColumns(scope.builder)
    const members = readBinaryMembers(reader, input, scope, formulas)
    const width = classes.length
    if (members.length !== (width * (width - 1)) / 2)
      throw reader.corrupt('estimators_', `one estimator a pair of ${width} classes`, `${members.length}`)
    const votes = new Float64Array(members.length * width)
    const bias = new Float64Array(width)
    const confidences = new Float64Array(members.length * width)
    let k = 0
    for (let i = 0; i < width; i++)
      for (let j = i + 1; j < width; j++, k++) {
        // A vote of 0 counts for i, one of 1 for j.
        bias[i]++
        votes[k * width + i] = -1
        votes[k * width + j] = 1
        confidences[k * width + i] = -1
        confidences[k * width + j] = 1
      }
    const counted = formulas.linear(
      members.map(({ vote }) => vote),
      votes,
      bias,
    )
    const sums = formulas.linear(
      members.map(({ score }) => score),
      confidences,
      new Float64Array(width),
    )
    const scores = formulas.weightedSum([counted, formulas.map(sums, 'bounded-third')], [1, 1])
    if (width > 2) return computedClassifier([{ classes, label: largest(scores, 'first', formulas), scores }])
    const threshold = isSince(place.version, 1, 1) ? members[0].threshold : 0
    const label = formulas.withComplement(formulas.map(scores.slice(1), 'above', threshold))
    return computedClassifier([{ classes, label, scores: scores.slice(1) }])
  },
})

/** Source: sklearn/multiclass.py of 1.9.1, `OutputCodeClassifier.predict`. */
export const outputCodeClassifier = defineEstimator({
  names: ['OutputCodeClassifier'],
  role: 'classifier',
  notes: 'the class whose code is nearest to the scores of any members; labels only',
  reads: ['estimators_', 'classes_', 'code_book_'],
  ignored: {
    estimator: 'fitted into estimators_',
    code_size: 'fitted into code_book_',
    n_jobs: 'speed only',
    random_state: 'training only',
  },
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    const codes = toMatrix(reader.value('code_book_'), reader.place, 'code_book_')
    const formulas = new FormulaColumns(scope.builder)
    const members = readBinaryMembers(reader, input, scope, formulas)
    if (codes.rowCount !== classes.length || codes.columnCount !== members.length)
      throw reader.corrupt('code_book_', `${classes.length} × ${members.length} numbers`, 'others')
    // |y − c|² is least where y · c − |c|² / 2 is largest.
    const weights = new Float64Array(codes.values.length)
    const bias = new Float64Array(classes.length)
    codes.values.forEach((value, at) => {
      const [row, column] = [Math.floor(at / codes.columnCount), at % codes.columnCount]
      weights[column * classes.length + row] = value
      bias[row] -= (value * value) / 2
    })
    const scores = members.map(({ score }) => score)
    const nearest = largest(formulas.linear(scores, weights, bias), 'first', formulas)
    return computedClassifier([{ classes, label: nearest }])
  },
})
