// What models take and give in, TypeScript declarations of it out: of one artifact, or of a folder of models.

import type { ModelSchema } from '../../src/artifact/schema.ts'
import { predictedText, type PredictionOf, predictionTypeText } from './prediction-type.ts'
import { rowTypeText } from './row-type.ts'
import { commentText, propertyName } from './type-text.ts'

/** What a declaration needs to know: an artifact's metadata has it all, a service.json with a schema all but head and version. */
export type TypedModel = PredictionOf & {
  /** Null where no artifact is there. */
  readonly version: string | null
  readonly schema: Pick<ModelSchema, 'features' | 'dict'>
}

/** Name of the file beside model.json. */
export const typesFileName = 'features.d.ts'

/** The declarations that `convert` writes beside an artifact. */
export function printModelTypes(model: TypedModel): string {
  const title = titleOf(model)
  return `// Written by tfjs-serving when it converted the model; a change is lost with the next conversion.

${commentText([`A row of ${title}, by feature name`])}
export type Row = ${rowTypeText(model.schema, '')}

${commentText([`What ${title} gives for a row; a rule that answers in its place (source: fallback) need not give all of it`])}
export type Prediction = ${predictionTypeText(model, '')}

/** For \`loadModel<Model>(folder)\`. */
export type Model = { readonly row: Row; readonly prediction: Prediction }

${predictedText}

export {}
`
}

/** One map of all models, for \`initializeMLRegistry<Models>({ modelsDir })\`. */
export function printModelsTypes(models: readonly TypedModel[]): string {
  const entries = models.map(
    (model) => `  ${commentText([titleOf(model)])}
  readonly ${propertyName(model.name)}: {
    readonly row: ${rowTypeText(model.schema, '    ')}
    readonly prediction: ${predictionTypeText(model, '    ')}
  }`,
  )
  return `// Written by \`tfjs-serving types\`; write it again when a model changes.

/** Rows and predictions by model, for \`initializeMLRegistry<Models>({ modelsDir })\`. */
export interface Models {
${entries.join('\n')}
}

${predictedText}

export {}
`
}

function titleOf({ name, version }: TypedModel): string {
  return version === null ? `${name} (by its service.json; there is no artifact)` : `${name} ${version}`
}
