// What a model takes and gives as types, and names of models with theirs; nothing here exists at run time.

import type { Prediction, Row } from '../rows/prediction.ts'

/**
 * A row by feature name, and what `predict` gives for it. `convert` writes them to `features.d.ts`, and
 * `tfjs-serving types` those of a whole models folder.
 */
export type ModelTypes = { readonly row: Row; readonly prediction: Prediction }

/** By name of the model. */
export type ModelMap = Readonly<Record<string, ModelTypes>>

/** True of any interface or type whose every property has a row and a prediction. */
export type ModelMapLike<TModels> = { readonly [Name in keyof TModels]: ModelTypes }

/** What `getModelPredictor` takes: `name`, `name@2.1.0` or `name@alias`. */
export type ModelRefOf<TModels> = (keyof TModels & string) | `${keyof TModels & string}@${string}`

/** What the model that `Ref` means takes and gives. */
export type TypesOfRef<TModels, Ref extends string> = Ref extends keyof TModels
  ? Extract<TModels[Ref], ModelTypes>
  : Ref extends `${infer Name}@${string}`
    ? Name extends keyof TModels
      ? Extract<TModels[Name], ModelTypes>
      : ModelTypes
    : ModelTypes

/** A row in any of its forms: values in the order of the schema have no names to check. */
export type RowOf<TTypes extends ModelTypes> =
  | TTypes['row']
  | readonly unknown[]
  | Float64Array
  | Float32Array
  | Int32Array
