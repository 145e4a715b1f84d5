// A fitted Pipeline in; what its steps make of the columns, one after the other, out.

import { pathWithin } from './place.ts'
import type { PyValue } from '../../formats/pickle/values.ts'
import type { EstimatorReader } from './estimator-reader.ts'
import { defineEstimator, type Scope } from './estimator-spec.ts'
import type { ColumnSet } from './columns.ts'

type Step = { readonly path: string; readonly value: PyValue }

export const pipeline = defineEstimator({
  names: ['Pipeline'],
  role: 'composite',
  notes: 'any nesting, passthrough steps',
  reads: ['steps'],
  ignored: {
    memory: 'caches fitting',
    verbose: 'messages only',
    transform_input: 'routes metadata while fitting',
  },
  transform(reader, input, scope) {
    return transformAll(readSteps(reader), input, scope)
  },
  predict(reader, input, scope) {
    const steps = readSteps(reader)
    const last = steps.at(-1)
    if (last === undefined) return reader.fail('steps', 'an estimator as last step')
    return scope.predict(last.value, transformAll(steps.slice(0, -1), input, scope), last.path)
  },
})

function transformAll(steps: readonly Step[], input: ColumnSet, scope: Scope): ColumnSet {
  return steps.reduce((columns, { value, path }) => scope.transform(value, columns, path), input)
}

/** Steps that do something. */
function readSteps(reader: EstimatorReader): Step[] {
  const steps = reader.list('steps').map((step): Step => {
    const [name, value] = Array.isArray(step) && step.length === 2 ? step : []
    if (typeof name !== 'string' || value === undefined) return reader.fail('steps', 'pairs of name and estimator')
    return { path: pathWithin(reader.place, name), value }
  })
  return steps.filter(({ value }) => value !== null && value !== 'passthrough')
}
