// One feature of a schema in, its usual values out: those that a row reader takes by itself, without asking the feature's reader.

import type { FeatureSchema } from '../artifact/schema.ts'
import { createError } from '../errors.ts'

/**
 * - `ignored`: the model never reads the feature; its canonical value is 0 whatever the row holds.
 * - `number`: every finite number is a value as it stands.
 * - `category`: the keys of `indexOf`; in a typed array the integers from `lowest` to below `count`.
 * - `boolean`: true, false, 1 and 0.
 * - `checked`: none; each value is for the feature's reader to judge.
 */
export type ValueForm =
  | { readonly kind: 'ignored' | 'checked' }
  | { readonly kind: 'number' | 'boolean'; readonly takesNull: boolean }
  | CategoryForm

export type CategoryForm = {
  readonly kind: 'category'
  /** True where null is missing, which the model handles. */
  readonly takesNull: boolean
  readonly indexOf: ReadonlyMap<unknown, number>
  readonly lowest: number
  readonly count: number
}

/** @throws VALIDATION_FAILED where a string feature has no categories */
export function valueForm(feature: FeatureSchema): ValueForm {
  const takesNull = feature.missing === 'handled'
  if (!feature.used) return { kind: 'ignored' }
  switch (feature.dtype) {
    case 'number':
      return feature.categories !== undefined && feature.unknown === 'error'
        ? { kind: 'checked' }
        : { kind: 'number', takesNull }
    case 'boolean':
      return { kind: 'boolean', takesNull }
    // counted where rows are read, by textRowValues
    case 'text':
      return { kind: 'checked' }
    case 'string':
      return categoryForm(feature, takesNull)
  }
}

function categoryForm({ name, categories, unknown }: FeatureSchema, takesNull: boolean): CategoryForm {
  if (categories === undefined)
    throw createError('VALIDATION_FAILED', `the schema gives feature ${name} as string without its categories`, {
      details: { feature: name },
    })
  const indexOf = new Map<unknown, number>()
  for (let i = 0; i < categories.length; i++) if (!indexOf.has(categories[i])) indexOf.set(categories[i], i)
  return { kind: 'category', takesNull, indexOf, lowest: unknown === 'ignored' ? -1 : 0, count: categories.length }
}
