// Two schemas of one model in; the first thing that they disagree on out.

import { givenFeatures, type ModelSchema } from '../artifact/schema.ts'

/**
 * Names what two schemas disagree on: features in order, their dtypes, classes, outputs.
 * @returns undefined where they agree
 */
export function schemaDifference(configured: ModelSchema, stored: ModelSchema): string | undefined {
  const [named, found] = [givenFeatures(configured), givenFeatures(stored)]
  if (named.length !== found.length) return `service.json lists ${named.length} features, the artifact ${found.length}`
  for (let i = 0; i < found.length; i++) {
    const [left, right] = [named[i], found[i]]
    if (left.name !== right.name)
      return `feature ${i} is ${left.name} in service.json and ${right.name} in the artifact`
    if (left.dtype !== right.dtype)
      return `feature ${left.name} is a ${left.dtype} in service.json and a ${right.dtype} in the artifact`
  }
  if (configured.classes !== undefined && JSON.stringify(configured.classes) !== JSON.stringify(stored.classes))
    return `classes are ${JSON.stringify(configured.classes)} in service.json and ${JSON.stringify(stored.classes)} in the artifact`
  const absent = configured.outputs.find((output) => !stored.outputs.includes(output))
  return absent === undefined
    ? undefined
    : `service.json promises the output ${absent}, which the artifact does not give`
}
