// A matrix of numpy, or one of scipy's compressed rows, in; its numbers, zeros and all, out.

import { createError } from '../../../../src/errors.ts'
import { NdArray, PyDict, PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue, type Matrix, toFlatNumbers, toMatrix, toNumbers } from '../estimator-reader.ts'
import { corruptAttribute, type Place } from '../place.ts'

/** Few bytes can claim any shape. Support vectors of real models stay below: this many doubles are 512 MB. */
const elementLimit = 2 ** 26

/** @throws FILE_CORRUPT where it is no matrix of finite numbers, LIMIT_EXCEEDED where it is too large once it is dense */
export function toDenseMatrix(value: PyValue, place: Place, attribute: string): Matrix {
  if (!(value instanceof PyObject)) return toMatrix(value, place, attribute)
  const state = value.state instanceof PyDict && /^csr_(matrix|array)$/.test(value.name) ? value.state : undefined
  const fail = (expected: string): never => {
    throw corruptAttribute(place, attribute, expected, describeValue(value))
  }
  const [rowCount, columnCount, ...rest] = toNumbers(state?.get('_shape')) ?? []
  if (state === undefined || !isCount(rowCount) || !isCount(columnCount) || rest.length > 0)
    return fail('a matrix, or one of compressed rows')
  const [data, indices, starts] = ['data', 'indices', 'indptr'].map((name) => vectorOf(state.get(name)))
  if (!data?.every(Number.isFinite) || indices?.length !== data.length || starts?.length !== rowCount + 1)
    return fail('compressed rows of finite numbers')
  if (rowCount * columnCount > elementLimit)
    throw createError(
      'LIMIT_EXCEEDED',
      `${attribute} is ${rowCount} by ${columnCount} once it is dense, more than ${elementLimit} numbers. Use fewer features or ` +
        'a linear model.',
    )
  const values = new Float64Array(rowCount * columnCount)
  for (let row = 0; row < rowCount; row++) {
    if (!isCount(starts[row]) || !(starts[row] <= starts[row + 1]) || starts[row + 1] > data.length)
      return fail('rows that begin where the last one ends')
    for (let k = starts[row]; k < starts[row + 1]; k++) {
      if (!isCount(indices[k]) || indices[k] >= columnCount) return fail(`column numbers below ${columnCount}`)
      values[row * columnCount + indices[k]] += data[k]
    }
  }
  return { rowCount, columnCount, values }
}

function vectorOf(value: PyValue | undefined): Float64Array | undefined {
  return value instanceof NdArray && value.shape.length === 1 ? toFlatNumbers(value) : undefined
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0
}
