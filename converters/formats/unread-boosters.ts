// Nothing in; how files that boosters write and that hold no model to read begin, and what they are, out.

/** `format` is said of the file, with the way out; `begins` is asked about its first bytes, one character each. */
export const unreadBoosters: readonly { readonly format: string; readonly begins: RegExp }[] = [
  {
    format: "XGBoost binary (load it in the version that saved it, and call save_model('model.json'))",
    begins: /^binf/,
  },
  { format: 'XGBoost dump (save_model writes what predicting needs)', begins: /^(booster\[0\]:|\[\s*\{\s*"nodeid":)/ },
  { format: 'XGBoost DMatrix, which is data', begins: /^\x01\xab\xff\xff/ },
  { format: 'LightGBM dataset', begins: /^_+LightGBM_Binary_File/ },
  { format: 'XML (PMML)', begins: /^(\xef\xbb\xbf)?\s*<(\?xml|PMML)/ },
]
