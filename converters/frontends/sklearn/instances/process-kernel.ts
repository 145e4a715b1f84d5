// The kernel of a fitted Gaussian process, as nested objects, in; the steps of its covariance function out.

import { type CovarianceTerm, mostCovarianceSteps } from '../../../../src/regions/formula/covariances.ts'
import { exactTable } from '../../../../src/regions/formula/table.ts'
import { PyDict, PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, type Matrix, toMatrix, toNumber, toNumbers } from '../estimator-reader.ts'
import type { Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'
import { unsupported } from '../place.ts'

export const processNotes =
  'kernels RBF, Matern (nu 0.5, 1.5, 2.5, inf), RationalQuadratic, ExpSineSquared, DotProduct, ConstantKernel, WhiteKernel, their ' +
  'sums, products and powers'

export const processIgnored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'kernel optimizer n_restarts_optimizer copy_X_train random_state _rng rng n_targets log_marginal_likelihood_value_',
    'max_iter_predict warm_start n_jobs f_cached',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into kernel_, or training only'])),
)

export type ProcessKernel = { readonly steps: readonly CovarianceTerm[]; readonly points: Matrix }

export function readProcessKernel(reader: EstimatorReader, input: ColumnSet): ProcessKernel {
  const points = toMatrix(reader.value('X_train_'), reader.place, 'X_train_')
  if (points.columnCount !== input.columns.length || points.rowCount === 0)
    throw reader.corrupt('X_train_', `rows of ${input.columns.length} numbers`, `${points.columnCount}`)
  const steps = stepsOf(reader.value('kernel_'), { reader, width: points.columnCount, depth: 0 })
  // squares of numbers that are finite may not be
  if (steps.some(({ settings }) => !settings.every(Number.isFinite)))
    return reader.fail('kernel_', 'settings whose squares are finite')
  return { steps, points }
}

/** A column a training row, or with `itself` the one of a row with itself. */
export function covarianceColumns(
  { steps, points }: ProcessKernel,
  answer: 'points' | 'itself',
  { input, scope }: { readonly input: ColumnSet; readonly scope: Scope },
): Column[] {
  const inputs = input.columns.map(({ ref }) => ref)
  const values = answer === 'points' ? points.values : new Float64Array(0)
  const region = { kind: 'covariances', inputs, steps, answer, points: exactTable(values, points.columnCount) } as const
  return scope.builder.compute(region, input.columns)
}

const materns = new Map([
  [0.5, 'matern-1'],
  [1.5, 'matern-3'],
  [2.5, 'matern-5'],
  [Infinity, 'rbf'],
] as const)

/** A kernel of its own class: its attributes by name, checked. */
type KernelReader = {
  readonly part: (name: string) => PyValue
  readonly number: (name: string) => number
  /** One, or one a column. */
  readonly scales: () => number[]
  /** What a step takes. */
  readonly before: (...names: string[]) => CovarianceTerm[]
}

type KernelClass = (kernel: KernelReader, fail: (what: string) => never) => readonly CovarianceTerm[]

const term = (name: CovarianceTerm['name'], ...settings: number[]): CovarianceTerm => ({ name, settings })

/** Source: sklearn/gaussian_process/kernels.py of 1.9.1. Steps come after what they take. */
const classes: Readonly<Record<string, KernelClass>> = {
  RBF: ({ scales }) => [term('rbf', ...scales())],
  Matern({ part, scales }, fail) {
    const name = materns.get(toNumber(part('nu')) ?? NaN)
    return name === undefined ? fail(`Matern with nu=${describeValue(part('nu'))}`) : [term(name, ...scales())]
  },
  RationalQuadratic({ number, scales }) {
    const [alpha, [scale]] = [number('alpha'), scales()]
    return [term('rational-quadratic', alpha, 2 * alpha * scale ** 2, 1)]
  },
  ExpSineSquared: ({ number, scales }) => [term('periodic', number('periodicity'), scales()[0], 1)],
  DotProduct: ({ number }) => [term('dot-product', number('sigma_0') ** 2)],
  ConstantKernel: ({ number }) => [term('constant', number('constant_value'))],
  WhiteKernel: ({ number }) => [term('white', number('noise_level'))],
  Sum: ({ before }) => [...before('k1', 'k2'), term('sum')],
  Product: ({ before }) => [...before('k1', 'k2'), term('product')],
  Exponentiation: ({ before, number }) => [...before('kernel'), term('power', number('exponent'))],
}

type Context = { readonly reader: EstimatorReader; readonly width: number; readonly depth: number }

function stepsOf(value: PyValue, context: Context): CovarianceTerm[] {
  const { reader, width, depth } = context
  const fail = (what: string): never => {
    throw unsupported(reader.place, what, `Supported are ${processNotes}.`)
  }
  const kernel = value instanceof PyObject && /^sklearn\./.test(value.module) ? value : undefined
  if (kernel === undefined || !Object.hasOwn(classes, kernel.name)) return fail(`the kernel ${describeValue(value)}`)
  if (depth >= mostCovarianceSteps) return fail('a kernel of so many parts')
  const part = (name: string): PyValue => (kernel.state instanceof PyDict ? (kernel.state.get(name) ?? null) : null)
  const broken = (expected: string, name: string): never => {
    throw reader.corrupt('kernel_', `${expected} as ${name} of ${kernel.name}`, describeValue(part(name)))
  }
  const own: KernelReader = {
    part,
    number(name) {
      const number = toNumber(part(name))
      return number !== undefined && Number.isFinite(number) ? number : broken('a finite number', name)
    },
    scales() {
      const scale = toNumber(part('length_scale'))
      const scales = scale === undefined ? toNumbers(part('length_scale')) : Float64Array.of(scale)
      const fits = scales?.length === 1 || scales?.length === width
      const isAbove = (each: number): boolean => each > 0 && each < Infinity
      return scales !== undefined && fits && scales.every(isAbove)
        ? Array.from(scales)
        : broken(`a number above 0, or ${width}`, 'length_scale')
    },
    before(...names) {
      const steps: CovarianceTerm[] = []
      for (const name of names) {
        steps.push(...stepsOf(part(name), { ...context, depth: depth + 1 }))
        if (steps.length >= mostCovarianceSteps) fail('a kernel of so many parts')
      }
      return steps
    },
  }
  return [...classes[kernel.name](own, fail)]
}
