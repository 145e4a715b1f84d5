// A model's schema in; which of its features are counted as a row is read, out.

import type { ModelSchema } from '../../artifact/schema.ts'

/** By feature: the terms of texts, and of dicts all that they may name. */
export function countedFeatures({ features, dict }: Pick<ModelSchema, 'features' | 'dict'>): readonly boolean[] {
  return features.map(({ of }) => of !== undefined || dict !== undefined)
}
