// What a model answers in, the TypeScript type of its predictions out.

import type { Head } from '../../src/artifact/head.ts'
import type { ModelSchema, OutputName, Scalar } from '../../src/artifact/schema.ts'
import { commentText, stringText, unionText } from './type-text.ts'

export type PredictionOf = {
  readonly name: string
  readonly schema: Pick<ModelSchema, 'classes' | 'outputs' | 'vectorNames'>
  /** Undefined where no artifact is there: then widths are not known. */
  readonly head?: Head
}

/** A rule need not give all that the model gives: `source` tells which of the two answered. */
export const predictedText = `type Predicted<Name extends string, Given> =
  | (Given & { readonly model: Name; readonly version: string; readonly source: 'model' | 'cache' })
  | (Partial<Given> & {
      readonly model: Name
      readonly version: string | null
      readonly source: 'fallback'
      readonly rule?: string
      readonly reason?: string
    })`

/** A type by means of `Predicted`, which the file must declare. */
export function predictionTypeText(model: PredictionOf, indent: string): string {
  const lines = model.schema.outputs.flatMap((output) => {
    const [type, note] = outputText(output, model)
    return [...(note === '' ? [] : [`${indent}  ${commentText([note])}`]), `${indent}  readonly ${output}: ${type}`]
  })
  return [`Predicted<${stringText(model.name)}, {`, ...lines, `${indent}}>`].join('\n')
}

/** Longer tuples say nothing that an array does not. */
const mostTupleColumns = 16

function outputText(output: OutputName, { schema, head }: PredictionOf): readonly [type: string, note: string] {
  const classes = classesOf(schema.classes)
  switch (output) {
    case 'label':
      return labelText(classes, head)
    case 'probabilities':
      return probabilitiesText(classes, head)
    case 'scores':
      return ['readonly number[]', "the source's decision function, or a booster's raw margins"]
    case 'value':
      return valueText(head)
    case 'vector':
      return [
        tupleText('number', head?.kind === 'transformer' ? head.width : undefined),
        (schema.vectorNames ?? []).length === 0 ? 'columns in order' : `columns: ${schema.vectorNames?.join(', ')}`,
      ]
    default:
      return output satisfies never
  }
}

/** One list of labels a target. */
function classesOf(classes: ModelSchema['classes']): readonly (readonly Scalar[])[] {
  if (classes === undefined || classes.length === 0) return []
  const isSeveral = (lists: typeof classes): lists is readonly (readonly Scalar[])[] => Array.isArray(lists[0])
  return isSeveral(classes) ? classes : [classes]
}

const anyLabel = 'string | number | boolean'

function labelText(classes: readonly (readonly Scalar[])[], head: Head | undefined): readonly [string, string] {
  if (head?.kind === 'multilabel') return [tupleText('0 | 1', head.classes.length), 'yes or no for each of the classes']
  if (classes.length === 0) return [head === undefined ? `${anyLabel} | readonly (${anyLabel})[]` : anyLabel, '']
  const labels = classes.map((list) => unionText(list, anyLabel))
  return labels.length === 1 ? [labels[0], ''] : [`readonly [${labels.join(', ')}]`, 'one a target']
}

/** In the order of the classes. */
function probabilitiesText(classes: readonly (readonly Scalar[])[], head: Head | undefined): readonly [string, string] {
  if (head?.kind === 'multilabel') return [tupleText('number', head.classes.length), 'of each class by itself']
  if (classes.length > 1)
    return [`readonly [${classes.map((list) => tupleText('number', list.length)).join(', ')}]`, 'one list a target']
  if (classes.length === 0) return ['readonly number[]', '']
  return [
    tupleText('number', classes[0].length),
    `in the order of ${classes[0].slice(0, mostTupleColumns).map(String).join(', ')}`,
  ]
}

function valueText(head: Head | undefined): readonly [string, string] {
  if (head?.kind !== 'regressor') return ['number | readonly number[]', '']
  return head.targetCount === 1 ? ['number', ''] : [tupleText('number', head.targetCount), 'one a target']
}

function tupleText(type: string, length: number | undefined): string {
  if (length === undefined || length < 1 || length > mostTupleColumns)
    return type.includes('|') ? `readonly (${type})[]` : `readonly ${type}[]`
  return `readonly [${Array<string>(length).fill(type).join(', ')}]`
}
