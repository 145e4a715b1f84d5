// The formula `covariances`: what the covariance function of a Gaussian process says of a row and each of several points.

import { closedObject, listOf, oneOf, type ValueOf } from '../../artifact/shape.ts'
import { restoreNumbers, storedNumbersShape, storeNumbers } from '../stored-numbers.ts'
import { assertFinite } from '../table-checks.ts'
import {
  type Covariance,
  type CovarianceStep,
  type CovarianceStepName,
  covarianceStepNames,
  covarianceSteps,
} from './covariance-step.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, type Field, tableField } from './field.ts'
import type { Table } from './table.ts'

export type CovarianceTerm = { readonly name: CovarianceStepName; readonly settings: readonly number[] }

const storedShape = listOf(closedObject({ name: oneOf(...covarianceStepNames), settings: storedNumbersShape }))

const stepsField: Field<readonly CovarianceTerm[]> = {
  shape: storedShape,
  store: (steps) => steps.map(({ name, settings }) => ({ name, settings: storeNumbers(settings) })),
  restore: (stored) =>
    (stored as ValueOf<typeof storedShape>).map(({ name, settings }) => ({ name, settings: restoreNumbers(settings) })),
}

/** Kernels that people write have ten parts; each is a call for each point. */
export const mostCovarianceSteps = 100

export const covariances = defineFormula({
  kind: 'covariances',
  fields: {
    /** After what they take: [a, b, sum] is a + b. */
    steps: stepsField,
    /** A column a point, or the one of the row with itself. */
    answer: choiceField('points', 'itself'),
    /** [points, inputs] */
    points: tableField,
  },
  verify({ inputs, steps, answer, points }, fail) {
    if (points.columns !== inputs.length) fail('points', `must have ${inputs.length} columns, got ${points.columns}`)
    assertFinite(fail, 'points', points.values)
    if (steps.length > mostCovarianceSteps)
      fail('steps', `must be ${mostCovarianceSteps} or fewer, got ${steps.length}`)
    let depth = 0
    steps.forEach((step, at) => {
      const { takes } = stepOf(step)
      const issue = issueOf(step, inputs.length)
      if (issue !== undefined) fail(`steps.${at} (${step.name})`, issue)
      if (depth < takes) fail(`steps.${at} (${step.name})`, `must come after ${takes} results, got ${depth}`)
      depth += 1 - takes
    })
    if (depth !== 1) fail('steps', `must leave one result, got ${depth}`)
    return answer === 'itself' ? 1 : points.values.length / points.columns
  },
  compile({ steps, answer, points }) {
    const covariance = made(steps, points)
    if (answer === 'itself')
      return (input, output) => {
        covariance.begin(input)
        output[0] = covariance.itself()
      }
    return (input, output) => {
      covariance.begin(input)
      for (let point = 0; point < output.length; point++) output[point] = covariance.at(point)
    }
  },
  describe: ({ steps, points }) =>
    `${[...new Set(steps.map(({ name }) => name))].join(', ')} of ${points.values.length / points.columns} points`,
})

function stepOf({ name }: CovarianceTerm): CovarianceStep {
  return covarianceSteps[name]
}

function issueOf(step: CovarianceTerm, width: number): string | undefined {
  const { settingCount, hasScales } = stepOf(step)
  const { settings } = step
  const scales = settings.length - settingCount
  const fits = hasScales ? scales === 1 || scales === width : scales === 0
  if (!fits)
    return `must have ${settingCount} settings${hasScales ? ` and 1 or ${width} scales` : ''}, got ${settings.length}`
  return settings.every(Number.isFinite) ? undefined : 'must have finite settings'
}

/** Verified steps leave one result. */
function made(steps: readonly CovarianceTerm[], { values, columns }: Table): Covariance {
  const results: Covariance[] = []
  for (const step of steps) {
    const { takes, make } = stepOf(step)
    const before = takes === 0 ? [] : results.splice(-takes)
    results.push(make({ settings: step.settings, points: values, width: columns, before }))
  }
  return results[0]
}
