// A models folder in, TypeScript declarations of what its models take and give out.

import { Command } from 'commander'
import type { TypedModel } from '../../converters/index.ts'
import { readHashedArtifact } from '../artifact/hashed-artifact.ts'
import { createError, isMLError, type MLError } from '../errors.ts'
import { readArtifactFolder } from '../runtime/model-folder.ts'
import { ProductionModelLoader } from '../runtime/model-loader.ts'
import { nodeSha256 } from '../runtime/node-hash.ts'
import { resolveVersion, type ServiceEntry } from '../runtime/service-entry.ts'
import type { CliContext } from './cli-context.ts'
import { errorLine } from './error-text.ts'
import { usageError } from './usage-error.ts'
import { writePage } from './write-page.ts'

const examples = `
Of each model it takes the version that answers to its name alone; of one without an artifact the schema of its service.json.
With the declarations a misspelt model, feature or category is a compile error:

  import type { Models } from './models.d.ts'
  const registry = await initializeMLRegistry<Models>({ modelsDir: 'models' })
  const churn = await registry.getModelPredictor('churn_predictor_v2')
  const { label } = await churn.predict({ ... })

Examples:
  tfjs-serving types models
  tfjs-serving types models --out src/models.d.ts
`

export function defineTypesCommand({ stdout, stderr, signal }: CliContext): Command {
  return new Command('types')
    .description('write the types of rows and predictions of a models folder')
    .argument('<modelsDir>', 'folder that a registry serves')
    .option('--out <file>', 'file to write to (default: stdout)')
    .addHelpText('after', examples)
    .action(async (modelsDir: string, { out }: { readonly out?: string }) => {
      const { printModelsTypes } = await import('../../converters/index.ts')
      const models: TypedModel[] = []
      const broken: MLError[] = []
      for (const entry of await new ProductionModelLoader(modelsDir).discoverModels()) {
        const model = await typedModel(entry).catch(asMLError)
        signal.throwIfAborted()
        if (isMLError(model)) broken.push(model)
        else if (model !== undefined) models.push(model)
        else await stderr.write(`${entry.name} has neither an artifact nor a schema in its service.json: left out\n`)
      }
      // without them every call of theirs would be a compile error that says something else
      const [first, ...others] = broken
      for (const error of others) await stderr.write(errorLine(error))
      if (first !== undefined) throw first
      if (models.length === 0) throw usageError(`${modelsDir} holds no model whose rows are known`)
      const text = printModelsTypes(models)
      if (out === undefined) return stdout.write(text)
      await writePage('--out', out, text)
      await stderr.write(`written to ${out}\n`)
    })
}

async function typedModel(entry: ServiceEntry): Promise<TypedModel | undefined> {
  const { name, path, versions, config, error } = entry
  if (error !== undefined) throw error
  if (versions.length === 0) return config.schema && { name, version: null, schema: config.schema }
  const version = resolveVersion(entry, undefined)
  const folder = `${path}/versions/${version}`
  try {
    const { metadata } = readHashedArtifact(await readArtifactFolder(folder), nodeSha256)
    return { name, version, schema: metadata.schema, head: metadata.head }
  } catch (error) {
    const { code, message, details } = asMLError(error)
    // files of all models have the same names
    const place = message.includes(folder) ? '' : `${folder}: `
    throw createError(code, `${place}${message}`, { details, cause: error })
  }
}

function asMLError(error: unknown): MLError {
  if (isMLError(error)) return error
  throw error
}
