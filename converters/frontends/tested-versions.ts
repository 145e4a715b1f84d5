// Every framework whose files convert: what it saves, and the versions whose own answers committed goldens hold us to.

export type Framework = {
  readonly name: string
  readonly files: string
  /** A test keeps them equal to what the goldens say that they are of. */
  readonly tested: readonly string[]
}

export const frameworks: readonly Framework[] = [
  {
    name: 'scikit-learn',
    files: '.pkl, .joblib, .skops',
    tested: ['1.0.2', '1.1.3', '1.2.2', '1.3.2', '1.4.2', '1.5.2', '1.6.1', '1.7.2', '1.8.0', '1.9.1'],
  },
  { name: 'LightGBM', files: 'text of save_model; in pickles', tested: ['3.3.5', '4.6.0'] },
  { name: 'XGBoost', files: 'JSON and UBJSON of save_model; in pickles', tested: ['1.0.2', '1.5.2', '1.7.6', '3.4.1'] },
  { name: 'CatBoost', files: 'JSON of save_model', tested: ['1.0.6', '1.2.10'] },
  { name: 'TensorFlow.js', files: 'model.json of a tf.LayersModel and its weights', tested: ['4.22.0'] },
]

/** Whose files an entry of a support table is about; those that name none are of scikit-learn. */
export function frameworkOf({ versions }: { readonly versions: string }): Framework {
  return frameworks.find(({ name }) => versions.startsWith(`${name} `)) ?? frameworks[0]
}
