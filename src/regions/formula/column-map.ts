// The formula `map`: one function of one number a column.

import { listOf, closedObject, oneOf, type ValueOf } from '../../artifact/shape.ts'
import { restoreNumbers, storedNumbersShape, storeNumbers } from '../stored-numbers.ts'
import { assertLength } from '../table-checks.ts'
import { type ColumnFunctionName, columnFunctionNames, columnFunctionSpec } from './column-functions.ts'
import { defineFormula } from './define-formula.ts'
import type { Field } from './field.ts'

export type MappedColumn = { readonly name: ColumnFunctionName; readonly settings: readonly number[] }

const storedShape = listOf(closedObject({ name: oneOf(...columnFunctionNames), settings: storedNumbersShape }))

const functionsField: Field<readonly MappedColumn[]> = {
  shape: storedShape,
  store: (functions) => functions.map(({ name, settings }) => ({ name, settings: storeNumbers(settings) })),
  restore: (stored) =>
    (stored as ValueOf<typeof storedShape>).map(({ name, settings }) => ({ name, settings: restoreNumbers(settings) })),
}

export const columnMap = defineFormula({
  kind: 'map',
  fields: { functions: functionsField },
  verify({ inputs, functions }, fail) {
    assertLength(fail, 'functions', functions, inputs.length)
    functions.forEach(({ name, settings }, i) => {
      const issue = columnFunctionSpec(name).issueOf?.(settings)
      if (issue !== undefined) fail(`functions.${i} (${name})`, issue)
    })
    return inputs.length
  },
  compile({ functions }) {
    const compiled = functions.map(({ name, settings }) => columnFunctionSpec(name).make(settings))
    return (input, output) => {
      for (let i = 0; i < compiled.length; i++) output[i] = compiled[i](input[i])
    }
  },
  describe: ({ functions }) => [...new Set(functions.map(({ name }) => name))].join(', '),
})
