// What a trainer has written under userDefinedMetadata['tfjs-serving-source'] in, checked against the model, out.

import {
  anyOf,
  closedObject,
  filledText,
  finite,
  flag,
  issueText,
  listOf,
  oneOf,
  optional,
  text,
  tupleOf,
  type ValueOf,
  where,
} from '../../../src/artifact/shape.ts'
import { createError } from '../../../src/errors.ts'
import { isJsonRecord } from '../../formats/layers/json-kind.ts'

/** Key under which a trainer says what the file format has no place for. */
export const sourceAnnotationKey = 'tfjs-serving-source'

const featureShape = closedObject({
  name: filledText,
  units: optional(text),
  range: optional(tupleOf(finite, finite)),
  description: optional(text),
  /** The model reads (x − mean) / scale, computed in double. @default 0 */
  mean: optional(finite),
  /** @default 1 */
  scale: optional(
    where(finite, '', (scale) => (scale !== 0 && Number.isFinite(1 / scale) ? undefined : 'must not be 0')),
  ),
})

const annotationShape = closedObject({
  features: optional(listOf(featureShape, { least: 1 })),
  /** How the last layer is read. @default probability after sigmoid and softmax, value after anything else */
  output: optional(oneOf('value', 'probability')),
  /** Labels: two for one sigmoid unit, else one a unit. @default 0, 1, … */
  classes: optional(listOf(anyOf(text, finite, flag), { least: 2 })),
  /** What trained the model. @default TensorFlow.js layers */
  framework: optional(filledText),
})

export type SourceAnnotations = ValueOf<typeof annotationShape>

/** @throws FILE_CORRUPT where it is there and not of that shape, or names another number of features than `width` */
export function readAnnotations(metadata: unknown, width: number): SourceAnnotations {
  const value =
    isJsonRecord(metadata) && Object.hasOwn(metadata, sourceAnnotationKey) ? metadata[sourceAnnotationKey] : {}
  const issue = annotationShape.issueOf(value)
  if (issue !== undefined) throw corrupt(issueText(issue))
  const annotations = value as SourceAnnotations
  const { features, classes } = annotations
  if (features !== undefined && features.length !== width)
    throw corrupt(`features must be those of the ${width} inputs, got ${features.length}`)
  if (features !== undefined && new Set(features.map(({ name }) => name)).size !== features.length)
    throw corrupt('features must have distinct names')
  if (classes !== undefined && new Set(classes).size !== classes.length) throw corrupt('classes must be distinct')
  return annotations
}

function corrupt(text: string): Error {
  return createError('FILE_CORRUPT', `userDefinedMetadata['${sourceAnnotationKey}'] of the layers model: ${text}`)
}
