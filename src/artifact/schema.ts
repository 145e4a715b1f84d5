// What a row of a model is made of: features in order, classes and outputs; plain JSON, shared by converter and runtime.

import type { HashSlots, TextColumns } from './text-columns.ts'

/** A value that a category or a class label can have, in the source's own type. */
export type Scalar = string | number | boolean

export type FeatureSchema = {
  readonly name: string
  /**
   * `number`: the canonical value is the number itself (true and false count as 1 and 0).
   * `string`: the canonical value is the index in `categories`; −1 is an unknown category.
   * `boolean`: true and false, canonical 1 and 0.
   * `text`: a whole text; its terms are counted into features that name it by `of`, and its own canonical value is 0.
   */
  readonly dtype: 'number' | 'string' | 'boolean' | 'text'
  /** Of a `text`: how its terms are told and where they are counted; several where several vectorizers read it. */
  readonly texts?: readonly TextColumns[]
  /** Number of the text feature whose terms are counted here: callers do not give it. Such features are the last ones. */
  readonly of?: number
  /** False where the model never reads the feature: it may be absent and may hold anything. */
  readonly used: boolean
  /** `handled`: null, undefined and NaN have a meaning (imputer, tree direction, category). `error`: they are refused. */
  readonly missing: 'handled' | 'error'
  /** Known categories in the order of their canonical index; for `number` features the values that an encoder knows. */
  readonly categories?: readonly Scalar[]
  /** What happens to a value outside `categories`. Only there where `categories` is. */
  readonly unknown?: 'ignored' | 'error'
  /** True where ±Infinity is a value that the source takes. @default false */
  readonly infinite?: boolean
  readonly units?: string
  readonly range?: readonly [number, number]
  readonly description?: string
}

export type OutputName = 'label' | 'probabilities' | 'scores' | 'value' | 'vector'

export type ModelKind = 'classifier' | 'regressor' | 'transformer'

/**
 * How a row that is an object becomes features by keys that nobody counted: a number goes to the feature of its name, a
 * text (or each text of a list) counts 1 for the feature `name + separator + text`, what is not there is 0.
 * `hashed`: the feature's number is a hash of that name; `signed` takes 1 off for half of them. With `slots` only some
 * numbers have a feature, which is called `#number`.
 */
export type DictReading = {
  readonly separator: string
  readonly hashed?: { readonly signed: boolean; readonly slots?: HashSlots }
}

export type ModelSchema = {
  readonly features: readonly FeatureSchema[]
  /** There where the row itself is a dict of any keys. */
  readonly dict?: DictReading
  /** Class labels in the order of `probabilities`; one list a target where there are several targets. */
  readonly classes?: readonly Scalar[] | readonly (readonly Scalar[])[]
  /** Which fields a Prediction has. */
  readonly outputs: readonly OutputName[]
  /** Number of columns of `vector`, and their names where the source has them. */
  readonly vectorNames?: readonly string[]
}

/** What callers give of a row: all but the features that are counted from texts, which come last. */
export function givenFeatures({ features }: Pick<ModelSchema, 'features'>): readonly FeatureSchema[] {
  return features.some(({ of }) => of !== undefined) ? features.filter(({ of }) => of === undefined) : features
}
