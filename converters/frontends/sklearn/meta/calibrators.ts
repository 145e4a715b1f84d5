// Calibrators of a CalibratedClassifierCV and the columns of its classifier in; calibrated columns out.

import { PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import type { ColumnFunctionName } from '../../../../src/regions/formula/column-functions.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { describeValue, EstimatorReader, type KnownAttributes } from '../estimator-reader.ts'
import { pathWithin, type Place, unsupported } from '../place.ts'
import type { ChildAnswers } from './child-answers.ts'
import type { FormulaColumns } from './formula-columns.ts'
import { isotonicAttributes, readPieces } from './isotonic-regression.ts'

type Function = { readonly name: ColumnFunctionName; readonly settings: readonly number[] }

/** Each calibrator as functions that follow each other. Source: sklearn/calibration.py of 1.9.1. */
export function readCalibrator(value: PyValue, place: Place): readonly [Function, Function] {
  const reader = openCalibrator(value, place)
  if (reader.place.className === '_SigmoidCalibration') {
    const [a, b] = [reader.finite('a_'), reader.finite('b_')]
    return [
      { name: 'affine', settings: [-a, -b] },
      { name: 'sigmoid', settings: [] },
    ]
  }
  if (reader.place.className === 'IsotonicRegression') {
    if (reader.string('out_of_bounds') !== 'clip')
      throw unsupported(reader.place, 'out_of_bounds other than clip', 'CalibratedClassifierCV always sets it.')
    return [
      { name: 'clip', settings: [reader.finite('X_min_'), reader.finite('X_max_')] },
      { name: 'linear-pieces', settings: readPieces(reader) },
    ]
  }
  throw unsupported(place, `calibrator ${reader.place.className}`, 'Supported are sigmoid, isotonic and temperature.')
}

/** Softmax of β · logits: `_TemperatureScaling.predict` and `_convert_to_logits` of sklearn/calibration.py. */
export function temperatureScaled(
  value: PyValue,
  answers: ChildAnswers,
  { formulas, place }: { readonly formulas: FormulaColumns; readonly place: Place },
): ColumnRef[] {
  const beta = openCalibrator(value, place).finite('beta_')
  if (answers.hasScores && answers.classes.length === 2) {
    const [score] = answers.scores()
    return formulas.withComplement(formulas.map(formulas.map([score], 'affine', 2 * beta, 0), 'sigmoid'))
  }
  const logits = answers.hasScores ? answers.scores() : logsOf(answers.probabilities(), formulas)
  const scaled = formulas.map(logits, 'affine', beta, 0)
  return formulas.groups(scaled, 'softmax', scaled.length)
}

function logsOf(probabilities: readonly ColumnRef[], formulas: FormulaColumns): ColumnRef[] {
  return formulas.map(formulas.map(probabilities, 'affine', 1, temperatureEpsilon), 'log')
}

/** Added to probabilities before the logarithm. */
const temperatureEpsilon = 1e-12

const known: Readonly<Record<string, KnownAttributes>> = {
  _SigmoidCalibration: { reads: ['a_', 'b_'], ignored: {} },
  _TemperatureScaling: { reads: ['beta_'], ignored: {} },
  IsotonicRegression: isotonicAttributes,
}

function openCalibrator(value: PyValue, place: Place): EstimatorReader {
  if (!(value instanceof PyObject) || !Object.hasOwn(known, value.name))
    throw unsupported(
      place,
      `a calibrator that is ${describeValue(value)}`,
      'Supported are sigmoid, isotonic and temperature.',
    )
  const path = pathWithin(place, 'calibrators')
  return new EstimatorReader(value, { ...place, path, className: value.name }, known[value.name])
}
