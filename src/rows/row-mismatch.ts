// A schema in, the errors of rows that do not have its names or its width out.

import type { FeatureSchema, ModelSchema } from '../artifact/schema.ts'
import type { MLError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'
import { rowError } from './row-error.ts'
import { hasName } from './row-shape.ts'
import type { NamedRow } from './row-values.ts'

export type RowMismatch = {
  /** What `row`, an array or a typed array, must be told. */
  wrongWidth(row: ArrayLike<unknown>, what: string, rowIndex: number | undefined): MLError
  /** What an object without the name of feature `index` must be told. */
  absentFeature(row: NamedRow, index: number, rowIndex: number | undefined): MLError
  /** @throws INPUT_INVALID where the object has names that the schema does not have */
  assertNoExtraNames(row: object, rowIndex: number | undefined): void
}

export function createRowMismatch({ features }: ModelSchema): RowMismatch {
  const width = features.length
  const names = features.map(({ name }) => name)
  const known = new Set(names)

  function wrongWidth(row: ArrayLike<unknown>, what: string, rowIndex: number | undefined): MLError {
    const isNested = row.length > 0 && (Array.isArray(row[0]) || ArrayBuffer.isView(row[0]))
    const advice = isNested
      ? 'this looks like several rows: pass them to predictBatch'
      : 'give one value a feature in the order of model.schema.features, null where it is missing, or an object by name'
    return rowError({
      rowIndex,
      text: `expected ${width} values, one a feature, got ${what} of ${row.length}; ${advice}`,
      details: { expected: width, got: row.length },
    })
  }

  function absentFeature(row: NamedRow, index: number, rowIndex: number | undefined): MLError {
    const name = names[index]
    const extra = Object.keys(row).filter((key) => !known.has(key))
    const absent = features.filter((feature) => feature.used && !hasName(row, feature.name))
    const others = absent.length > 1 ? ` (and ${absent.length - 1} more of ${width})` : ''
    const nearest = nearestName(name, extra)
    const advice = nearest === undefined ? missingAdvice(features[index]) : `did you mean your ${nearest}?`
    return rowError({
      rowIndex,
      feature: name,
      text: `feature ${name} is absent${others}; ${advice}`,
      details: { absent: absent.map((feature) => feature.name), ...(nearest === undefined ? {} : { nearest }) },
    })
  }

  function missingAdvice(feature: FeatureSchema): string {
    return feature.missing === 'handled' ? 'write null where its value is unknown' : 'the model needs a value for it'
  }

  function assertNoExtraNames(row: object, rowIndex: number | undefined): void {
    for (const key of Object.keys(row)) {
      if (known.has(key)) continue
      const given = new Set(Object.keys(row))
      const nearest =
        nearestName(
          key,
          names.filter((name) => !given.has(name)),
        ) ?? nearestName(key, names)
      const hint = nearest === undefined ? 'leave it out, or do not ask for strict' : `did you mean ${nearest}?`
      throw rowError({
        rowIndex,
        feature: key,
        text: `${key} is no feature of the model, and strict was asked for; ${hint}`,
        details: nearest === undefined ? {} : { nearest },
      })
    }
  }

  return { wrongWidth, absentFeature, assertNoExtraNames }
}
