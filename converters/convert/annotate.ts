// A source model and what its maker knows of its features in, the same model with units, ranges and descriptions out.

import type { FeatureSchema } from '../../src/artifact/schema.ts'
import {
  closedObject,
  filledText,
  finite,
  issueText,
  listOf,
  optional,
  text,
  tupleOf,
} from '../../src/artifact/shape.ts'
import { createError } from '../../src/errors.ts'
import { nameHint } from '../../src/rows/nearest-name.ts'
import type { SourceModel } from '../frontends/source-model.ts'

/** Of one feature, by its name. */
export type FeatureNote = Pick<FeatureSchema, 'name' | 'units' | 'range' | 'description'>

const notesShape = listOf(
  closedObject({
    name: filledText,
    units: optional(text),
    range: optional(tupleOf(finite, finite)),
    description: optional(text),
  }),
)

/** @throws INPUT_INVALID with the place of the first wrong entry */
export function assertFeatureNotes(notes: unknown): void {
  const issue = notesShape.issueOf(notes)
  if (issue !== undefined) throw createError('INPUT_INVALID', `option features of convertModel ${issueText(issue)}`)
  for (const { name, range } of notes as readonly FeatureNote[])
    if (range !== undefined && range[0] > range[1])
      throw createError(
        'INPUT_INVALID',
        `option features of convertModel: range of ${name} must be [lowest, highest], got [${range.join(', ')}]`,
        { details: { feature: name } },
      )
}

/** @throws INPUT_INVALID where a note is about a feature that the source does not have */
export function annotate(source: SourceModel, notes: readonly FeatureNote[] = []): SourceModel {
  if (notes.length === 0) return source
  const { features } = source.schema
  const names = features.map(({ name }) => name)
  for (const { name } of notes)
    if (!names.includes(name))
      throw createError(
        'INPUT_INVALID',
        `option features of convertModel names ${name}, which the source does not have; ${nameHint(name, names)}`,
        { details: { feature: name } },
      )
  const noteOf = new Map(notes.map((note) => [note.name, note]))
  return {
    ...source,
    schema: { ...source.schema, features: features.map((feature) => ({ ...feature, ...noteOf.get(feature.name) })) },
  }
}
