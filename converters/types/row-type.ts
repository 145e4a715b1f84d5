// The features of a model in, the TypeScript type of its rows out.

import { type FeatureSchema, givenFeatures, type ModelSchema } from '../../src/artifact/schema.ts'
import { commentText, propertyName, unionText } from './type-text.ts'

/**
 * An object type, or a text where that is all there is of a row. Where the model handles missing values null and undefined are taken, but the name must be there: a row
 * without it is refused at run time too. Features that are never read may be absent.
 */
export function rowTypeText(schema: Pick<ModelSchema, 'features' | 'dict'>, indent: string): string {
  if (schema.dict !== undefined) return dictType
  const byName = new Map(givenFeatures(schema).map((feature) => [feature.name, feature]))
  if (byName.size === 0) return 'Readonly<Record<string, unknown>>'
  const [first] = byName.values()
  // the one text may stand for its row
  const text = byName.size === 1 && first.dtype === 'text' ? 'string | ' : ''
  const lines = [...byName.values()].flatMap((feature) => {
    const { name, used, missing } = feature
    const type = missing === 'handled' ? `${valueTypeText(feature)} | null | undefined` : valueTypeText(feature)
    const property = used ? `${propertyName(name)}: ${type}` : `${propertyName(name)}?: unknown`
    return [`${indent}  ${commentText(notesOf(feature))}`, `${indent}  readonly ${property}`]
  })
  return [`${text}{`, ...lines, `${indent}}`].join('\n')
}

/** Any keys: those that the model does not know count nothing. */
const dictType = 'Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>'

/** Numbers with known values may have others that an encoder ignores, or that a scaler beside it reads. */
function valueTypeText({ dtype, categories, unknown }: FeatureSchema): string {
  if (dtype === 'boolean') return 'boolean'
  if (dtype === 'text') return 'string'
  if (dtype === 'string') return unionText(categories ?? [], 'string')
  return unknown === 'error' ? unionText(categories ?? [], 'number') : 'number'
}

/** Known values that a comment lists. */
const listedValues = 12

function notesOf({ dtype, used, missing, categories, unknown, units, range, description }: FeatureSchema): string[] {
  if (!used) return ['never read: may be absent and hold anything', description ?? '']
  const known = (categories ?? []).slice(0, listedValues).map((value) => JSON.stringify(value))
  const rest = (categories?.length ?? 0) - known.length
  const isListed = dtype === 'number' && known.length > 0
  return [
    description ?? '',
    units === undefined ? '' : `in ${units}`,
    range === undefined ? '' : `usually ${range[0]} to ${range[1]}`,
    isListed ? `known values: ${known.join(', ')}${rest > 0 ? `, … ${rest} more` : ''}` : '',
    unknown === undefined
      ? ''
      : `others are ${unknown === 'error' ? 'refused' : 'taken at run time and count as none of these'}`,
    missing === 'handled' ? 'null where it is missing' : 'never missing: the model has no way to handle that',
  ]
}
