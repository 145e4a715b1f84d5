// The estimator that gradient boosting starts from and the sums of its trees in; raw predictions out.

import type { PyValue } from '../../../formats/pickle/values.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { isSince, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { pathWithin, type Place, unsupported } from '../place.ts'
import { classifierAnswers, regressorValues } from './child-answers.ts'
import { FormulaColumns } from './formula-columns.ts'

type Context = {
  readonly scope: Scope
  readonly input: ColumnSet
  readonly place: Place
  /** Number of raw columns. */
  readonly width: number
  /** Class name of the loss. */
  readonly loss: string
  /** Empty for regression. */
  readonly classes: readonly unknown[]
}

/**
 * Predictions through the link of the loss. Source: `_init_raw_predictions` of sklearn/ensemble/_gb.py of 1.9.1, and
 * `get_init_raw_predictions` of _gb_losses.py of 1.0.2.
 */
export function startedBy(init: PyValue, sums: readonly ColumnRef[], context: Context): ColumnRef[] {
  const { scope, input, place, classes } = context
  const formulas = new FormulaColumns(scope.builder)
  // Boosting casts its rows to float32 before anything else.
  const rounded = scope.builder.compute(
    {
      kind: 'map',
      inputs: input.columns.map(({ ref }) => ref),
      functions: input.columns.map(() => ({ name: 'fround', settings: [] })),
    },
    input.columns,
  )
  const child = scope.predict(init, { ...input, columns: rounded }, pathWithin(place, 'init_'))
  const start =
    classes.length === 0
      ? regressorValues(child, formulas, place)
      : linked(classifierAnswers(child, formulas, place).probabilities(), context, formulas)
  if (start.length !== sums.length)
    throw unsupported(place, `an init of ${start.length} columns`, `Use one that gives ${sums.length}.`)
  return formulas.weightedSum([start, sums], [1, 1])
}

function linked(
  probabilities: readonly ColumnRef[],
  { width, loss, place }: Context,
  formulas: FormulaColumns,
): ColumnRef[] {
  // Clipped to the epsilon of float32 up to 1.7, of float64 later.
  const epsilon = isSince(place.version, 1, 8) ? 2 ** -52 : 2 ** -23
  const used = width === 1 ? probabilities.slice(1) : probabilities
  const clipped = formulas.map(used, 'clip', epsilon, 1 - epsilon)
  if (width === 1) {
    const logit = formulas.map(clipped, 'logit')
    return loss === 'ExponentialLoss' ? formulas.map(logit, 'affine', 0.5, 0) : logit
  }
  const logs = formulas.map(clipped, 'log')
  if (loss !== 'HalfMultinomialLoss') return logs
  // The newer loss centers the logarithms.
  const weights = Float64Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0) - 1 / width)
  return formulas.linear(logs, weights, new Float64Array(width))
}
