// A caller's row as it was given to predict in, the numbers of it that a rule reads out: missing ones by default, all in range.

import type { Answer } from '../../rows/prediction.ts'
import type { FallbackRule } from '../rules.ts'
import { crmModelFeatures, type CrmModelName, type CrmModelRow } from './model-features.ts'

/** How a rule reads one feature. */
export type RuleFeature = {
  /** Stands for null, undefined, NaN and whatever is neither number nor boolean. */
  readonly missing: number
  /** Numbers below it count as it, −∞ too. */
  readonly least: number
  /** Numbers above it count as it, +∞ too. */
  readonly most: number
}

/** The features that a rule of the model reads, and how. */
export type RuleFeatures<TModel extends CrmModelName> = Readonly<
  Partial<Record<keyof CrmModelRow<TModel>, RuleFeature>>
>

/** What a rule works with: the features that it reads, each a number within its range or the stand-in for missing. */
export type RuleRow<TFeatures> = { readonly [Name in keyof TFeatures]: number }

/**
 * Makes a rule of a CRM model: rows are objects by feature name, arrays or typed arrays in the order of the model's schema.
 * It reads the row's values and throws for none of them, so that it answers whatever the model cannot.
 */
export function defineCrmRule<TModel extends CrmModelName, TFeatures extends RuleFeatures<TModel>>(
  model: TModel,
  features: TFeatures & RuleFeatures<TModel>,
  answer: (row: RuleRow<TFeatures>) => Answer,
): FallbackRule {
  const order: readonly string[] = crmModelFeatures[model]
  const reads = Object.entries(features as Readonly<Record<string, RuleFeature>>).map(
    ([name, feature]) => [name, order.indexOf(name), feature] as const,
  )
  return (row) => {
    const isOrdered = Array.isArray(row) || ArrayBuffer.isView(row)
    const values = row as Readonly<Record<string | number, unknown>>
    const read: Record<string, number> = {}
    for (const [name, position, feature] of reads) read[name] = numberOf(values[isOrdered ? position : name], feature)
    return answer(read as RuleRow<TFeatures>)
  }
}

function numberOf(value: unknown, { missing, least, most }: RuleFeature): number {
  const number = typeof value === 'boolean' ? Number(value) : value
  if (typeof number !== 'number' || Number.isNaN(number)) return missing
  return Math.min(Math.max(number, least), most)
}

/** A probability of class 1 as a classifier of the classes 0 and 1 answers it; class 1 from a half on. */
export function binaryAnswer(probability: number): Answer {
  return { label: probability >= 0.5 ? 1 : 0, probabilities: [1 - probability, probability] }
}
