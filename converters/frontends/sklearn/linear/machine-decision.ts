// A support vector machine with one decision in; the column that holds it out: one linear layer where its kernel is linear.

import type { DenseLayer } from '../../../../src/regions/dense-chain.ts'
import { exactTable } from '../../../../src/regions/formula/table.ts'
import type { Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'
import type { SupportMachine } from './support-machine.ts'

export type MachineContext = { readonly input: ColumnSet; readonly scope: Scope }

/** Values of the kernel, one a support vector. */
export function kernelColumns({ kernel, vectors }: SupportMachine, { input, scope }: MachineContext): Column[] {
  const inputs = input.columns.map(({ ref }) => ref)
  const points = exactTable(vectors.values, vectors.columnCount)
  return scope.builder.compute({ kind: 'kernels', inputs, ...kernel, points }, input.columns)
}

/** Σ coefficient · kernel + intercept, all times `sign`. */
export function decisionColumns(machine: SupportMachine, context: MachineContext, sign: 1 | -1): Column[] {
  const layer = linearDecision(machine, sign)
  if (layer !== undefined) return linearColumns(layer, context.input.columns, context)
  const weights = machine.coefficients.values.map((value) => sign * value)
  const bias = machine.intercepts.map((value) => sign * value)
  return linearColumns({ weights, bias, outputWidth: 1 }, kernelColumns(machine, context), context)
}

/** Undefined where it is not linear. Without any support vector it is a constant. */
export function linearDecision(machine: SupportMachine, sign: 1 | -1): DenseLayer | undefined {
  const { kernel, vectors, coefficients, intercepts } = machine
  if (kernel.kernel !== 'linear' && vectors.rowCount > 0) return undefined
  const width = vectors.columnCount
  const weights = new Float64Array(width)
  for (let k = 0; k < vectors.rowCount; k++)
    for (let i = 0; i < width; i++) weights[i] += sign * coefficients.values[k] * vectors.values[k * width + i]
  const bias = intercepts.map((value) => sign * value)
  return { inputWidth: width, outputWidth: 1, weights, bias, activation: 'identity' }
}

/** `layer` in float64, for other regions to read. */
export function linearColumns(
  { weights, bias, outputWidth }: Pick<DenseLayer, 'weights' | 'bias' | 'outputWidth'>,
  columns: readonly Column[],
  { input, scope }: MachineContext,
): Column[] {
  const tables = { weights: exactTable(weights, outputWidth), bias: exactTable(bias, outputWidth) }
  return scope.builder.compute({ kind: 'linear', inputs: columns.map(({ ref }) => ref), ...tables }, input.columns)
}
