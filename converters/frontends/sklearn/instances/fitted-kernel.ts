// The kernel of a fitted estimator and its points in; the values of the kernel between a row and each point out.

import type { KernelName } from '../../../../src/regions/formula/kernel-values.ts'
import { exactTable } from '../../../../src/regions/formula/table.ts'
import type { PyDict } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, type Matrix, toNumber } from '../estimator-reader.ts'
import type { Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'
import { unsupported } from '../place.ts'

export const kernelReads = ['kernel', 'gamma', 'coef0', 'degree'] as const

export const kernelNotes =
  'kernels linear, rbf, poly and polynomial (whole degrees), sigmoid, laplacian, cosine, chi2, additive_chi2'

export type FittedKernel = {
  readonly kernel: KernelName
  readonly gamma: number
  readonly coef0: number
  readonly degree: number
}

const kernels: Readonly<Record<string, KernelName>> = {
  linear: 'linear',
  rbf: 'rbf',
  poly: 'poly',
  polynomial: 'poly',
  sigmoid: 'sigmoid',
  laplacian: 'laplacian',
  cosine: 'cosine',
  chi2: 'chi2',
  additive_chi2: 'additive_chi2',
}

/**
 * Defaults of sklearn/metrics/pairwise.py of 1.9.1: gamma one part of the columns (1 for chi2), coef0 1, degree 3.
 * @param own settings by name, for those that are None
 */
export function readKernel(reader: EstimatorReader, input: ColumnSet, own?: PyDict): FittedKernel {
  const name = reader.value('kernel')
  if (typeof name !== 'string' || !Object.hasOwn(kernels, name))
    throw unsupported(
      reader.place,
      `kernel=${describeValue(name)}`,
      `Supported are ${Object.keys(kernels).join(', ')}.`,
    )
  const settingOf = (setting: 'gamma' | 'coef0' | 'degree', absent: number): number => {
    const number = toNumber(reader.value(setting) ?? own?.get(setting) ?? absent)
    return number !== undefined && Number.isFinite(number) ? number : reader.fail(setting, 'a finite number')
  }
  const kernel = kernels[name]
  const degree = kernel === 'poly' ? settingOf('degree', 3) : 0
  if (!Number.isInteger(degree) || degree < 0 || degree > 1000)
    throw unsupported(reader.place, `degree=${degree}`, 'Supported are whole numbers to 1000.')
  const gamma = settingOf('gamma', kernel === 'chi2' ? 1 : 1 / input.columns.length)
  return { kernel, gamma, coef0: settingOf('coef0', 1), degree }
}

/** One column a point. */
export function kernelColumns(
  kernel: FittedKernel,
  { values, columnCount }: Matrix,
  { input, scope }: { readonly input: ColumnSet; readonly scope: Scope },
): Column[] {
  const inputs = input.columns.map(({ ref }) => ref)
  return scope.builder.compute(
    { kind: 'kernels', inputs, ...kernel, points: exactTable(values, columnCount) },
    input.columns,
  )
}
