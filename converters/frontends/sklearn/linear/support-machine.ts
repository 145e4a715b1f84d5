// The state of an estimator that libsvm fitted in; its kernel, support vectors and coefficients, checked, out.

import type { KernelName } from '../../../../src/regions/formula/kernel-values.ts'
import type { EstimatorReader, Matrix } from '../estimator-reader.ts'
import type { ColumnSet } from '../columns.ts'
import { unsupported } from '../place.ts'
import { attributeReasons } from './attribute-reasons.ts'
import { toDenseMatrix } from './dense-matrix.ts'

/** Those of libsvm. */
const kernelNames = ['linear', 'poly', 'sigmoid', 'rbf'] as const satisfies readonly KernelName[]

export type SupportMachine = {
  readonly kernel: {
    readonly kernel: KernelName
    readonly gamma: number
    readonly coef0: number
    readonly degree: number
  }
  /** [vectors, features] */
  readonly vectors: Matrix
  /** [classes − 1, vectors]; one row but for classifiers of three and more classes. */
  readonly coefficients: Matrix
  /** One a pair of classes. */
  readonly intercepts: Float64Array
}

export const machineReads = [
  'kernel',
  'degree',
  'coef0',
  '_gamma',
  'support_vectors_',
  '_dual_coef_',
  '_intercept_',
] as const

export const machineIgnored = attributeReasons({
  'fitted into _gamma': 'gamma',
  'fitted into _dual_coef_': 'C class_weight class_weight_ epsilon nu',
  '_dual_coef_ is what libsvm reads': 'dual_coef_',
  '_intercept_ is what libsvm reads': 'intercept_ offset_',
  'both kinds of matrix are read': '_sparse',
  'training only': 'cache_size max_iter random_state shrinking tol',
  'training state': '_num_iter fit_status_ n_iter_ shape_fit_ support_',
  'of kernels that are functions, which are refused': '_BaseLibSVM__Xfit',
  'messages only': 'verbose',
})

/** Attributes of a classifier that libsvm's other machines carry along. */
export const unusedByOthers = attributeReasons({
  'of classifiers only': '_effective_probability _n_support _probA _probB probability',
})

/** Source: sklearn/svm/_base.py of 1.9.1, `_dense_predict` and `_sparse_predict`. */
export function readSupportMachine(reader: EstimatorReader, input: ColumnSet, classCount = 2): SupportMachine {
  const { place } = reader
  const kernel = readKernel(reader)
  const vectors = toDenseMatrix(reader.value('support_vectors_'), place, 'support_vectors_')
  const coefficients = toDenseMatrix(reader.value('_dual_coef_'), place, '_dual_coef_')
  const width = input.columns.length
  // Compressed rows of nothing have lost their shape.
  if (vectors.columnCount !== width && vectors.values.length > 0)
    throw reader.corrupt('support_vectors_', `${width} columns`, `${vectors.columnCount}`)
  const count = vectors.values.length / width
  if (
    coefficients.values.length > 0 &&
    (coefficients.rowCount !== classCount - 1 || coefficients.columnCount !== count)
  )
    throw reader.corrupt(
      '_dual_coef_',
      `a matrix of ${classCount - 1} by ${count}`,
      `${coefficients.rowCount} by ${coefficients.columnCount}`,
    )
  if (coefficients.values.length !== (classCount - 1) * count)
    throw reader.corrupt('_dual_coef_', `${(classCount - 1) * count} numbers`, `${coefficients.values.length}`)
  const intercepts = reader.finiteNumbers('_intercept_', (classCount * (classCount - 1)) / 2)
  return {
    kernel,
    vectors: { rowCount: count, columnCount: width, values: vectors.values },
    coefficients,
    intercepts,
  }
}

function readKernel(reader: EstimatorReader): SupportMachine['kernel'] {
  const value = reader.value('kernel')
  const kernel = kernelNames.find((name) => name === value)
  if (kernel === undefined) {
    const what = typeof value === 'string' ? `kernel=${value}` : 'a kernel that is a function'
    throw unsupported(reader.place, what, `Supported are ${kernelNames.join(', ')}.`)
  }
  const degree = reader.finite('degree')
  // libsvm's degree is a C int.
  if (kernel === 'poly' && !(Number.isInteger(degree) && degree >= 0 && degree < 2 ** 31))
    throw unsupported(reader.place, `degree=${degree}`, 'Supported are whole numbers.')
  return {
    kernel,
    gamma: reader.finite('_gamma'),
    coef0: reader.finite('coef0'),
    degree: kernel === 'poly' ? degree : 0,
  }
}
