// What a row of a model is made of: features in order, classes and outputs; plain JSON, shared by converter and runtime.

/** A value that a category or a class label can have, in the source's own type. */
export type Scalar = string | number | boolean

export type FeatureSchema = {
  readonly name: string
  /**
   * `number`: the canonical value is the number itself (true and false count as 1 and 0).
   * `string`: the canonical value is the index in `categories`; −1 is an unknown category.
   * `boolean`: true and false, canonical 1 and 0.
   */
  readonly dtype: 'number' | 'string' | 'boolean'
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

export type ModelSchema = {
  readonly features: readonly FeatureSchema[]
  /** Class labels in the order of `probabilities`; one list a target where there are several targets. */
  readonly classes?: readonly Scalar[] | readonly (readonly Scalar[])[]
  /** Which fields a Prediction has. */
  readonly outputs: readonly OutputName[]
  /** Number of columns of `vector`, and their names where the source has them. */
  readonly vectorNames?: readonly string[]
}
