// A fitted CalibratedClassifierCV in; the mean of its calibrated classifiers' probabilities out.

import { PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { readClasses } from '../class-labels.ts'
import { describeValue, EstimatorReader, type KnownAttributes } from '../estimator-reader.ts'
import { defineEstimator, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { pathWithin } from '../place.ts'
import { readCalibrator, temperatureScaled } from './calibrators.ts'
import { type ChildAnswers, classifierAnswers } from './child-answers.ts'
import { readMembers } from './children.ts'
import { probabilityClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'

/** Source: sklearn/calibration.py of 1.9.1, `_CalibratedClassifier.predict_proba`. */
export const calibratedClassifierCv = defineEstimator({
  names: ['CalibratedClassifierCV'],
  role: 'classifier',
  notes: 'sigmoid, isotonic and temperature; with and without ensemble, prefit and frozen classifiers',
  reads: ['calibrated_classifiers_', 'classes_'],
  ignored: {
    base_estimator: 'fitted into calibrated_classifiers_',
    cv: 'training only',
    ensemble: 'fitted into calibrated_classifiers_',
    estimator: 'fitted into calibrated_classifiers_',
    label_encoder_: 'classes_ says the same',
    method: 'fitted into calibrated_classifiers_',
    n_jobs: 'speed only',
  },
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    if (classes.length < 2) throw reader.corrupt('classes_', 'two classes or more', `${classes.length}`)
    const formulas = new FormulaColumns(scope.builder)
    const parts = readMembers(reader, 'calibrated_classifiers_').map((value, i) =>
      calibrate(openMember(value, i, reader), { classes, input, scope, formulas }),
    )
    if (parts.length === 1) return probabilityClassifier(parts[0], classes)
    const sums = formulas.weightedSum(
      parts,
      parts.map(() => 1),
    )
    return probabilityClassifier(formulas.map(sums, 'divide', parts.length), classes)
  },
})

/** `_CalibratedClassifier` is no estimator: it has no version of its own. */
function openMember(value: PyValue, i: number, reader: EstimatorReader): EstimatorReader {
  if (!(value instanceof PyObject) || value.name !== '_CalibratedClassifier')
    throw reader.corrupt('calibrated_classifiers_', 'calibrated classifiers', describeValue(value))
  const path = pathWithin(reader.place, `calibrated_classifiers_[${i}]`)
  return new EstimatorReader(value, { ...reader.place, path, className: value.name }, memberAttributes)
}

const memberAttributes: KnownAttributes = {
  reads: ['estimator', 'base_estimator', 'calibrators', 'calibrators_', 'method'],
  ignored: { classes: 'those of the whole' },
}

type Context = {
  readonly classes: readonly Scalar[]
  readonly input: ColumnSet
  readonly scope: Scope
  readonly formulas: FormulaColumns
}

function calibrate(member: EstimatorReader, { classes, input, scope, formulas }: Context): ColumnRef[] {
  const { place } = member
  // The names to 1.1 and since.
  const name = member.has('estimator') ? 'estimator' : 'base_estimator'
  const calibrators = member.list(member.has('calibrators') ? 'calibrators' : 'calibrators_')
  const child = scope.predict(member.value(name), input, pathWithin(place, name))
  const answers = classifierAnswers(child, formulas, place)
  const count = member.string('method') === 'temperature' || classes.length === 2 ? 1 : answers.classes.length
  if (calibrators.length !== count || (classes.length === 2 && answers.classes.length !== 2))
    throw member.corrupt('calibrators', `${count} calibrators`, `${calibrators.length}`)
  if (member.string('method') === 'temperature') return temperatureScaled(calibrators[0], answers, { formulas, place })
  const read = calibrators.map((calibrator) => readCalibrator(calibrator, place))
  const columns = readColumns(answers, classes.length === 2)
  if (columns.length !== read.length)
    throw member.corrupt('calibrators', `${columns.length} calibrators`, `${read.length}`)
  const first = formulas.mapEach(
    columns,
    read.map(([function_]) => function_),
  )
  const calibrated = formulas.mapEach(
    first,
    read.map(([, function_]) => function_),
  )
  if (classes.length === 2) return formulas.withComplement(calibrated)
  const spread = classes.map((label) => calibrated[answers.classes.indexOf(label)])
  const zeros = spread.includes(undefined as never) ? formulas.constants([0]) : []
  const all = spread.map((ref) => ref ?? zeros[0])
  return formulas.groups(all, 'share', all.length)
}

/** decision_function where there is one, else predict_proba; one column for two classes. */
function readColumns(answers: ChildAnswers, isBinary: boolean): ColumnRef[] {
  if (answers.hasScores) return answers.scores()
  const probabilities = answers.probabilities()
  return isBinary ? probabilities.slice(1) : probabilities
}
