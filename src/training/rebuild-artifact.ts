// The folder of a model, with the source and held-out rows that a run has left, in; the artifact that they make out, without training.

import { nodeSha256 } from '../runtime/node-hash.ts'
import { type ConvertedModel, convertTrained } from './source/convert-trained.ts'
import { readHeldOut, readSource, readTrainingFolder } from './training-folder.ts'

export type RebuildOptions = {
  /** @default the one of training.json */
  readonly version?: string
  readonly signal?: AbortSignal
}

/**
 * Converts the committed source again: byte for byte what `train` has registered, or somebody changed one of the two.
 * @throws MODEL_LOAD_FAILED where source or heldout.json are missing; what `convertModel` throws
 */
export async function rebuildArtifact(modelDir: string, options: RebuildOptions = {}): Promise<ConvertedModel> {
  const { config, path, service, split, table } = await readTrainingFolder(modelDir)
  const { golden } = await readHeldOut(path)
  return convertTrained(
    { files: await readSource(path, config.source), golden },
    {
      ...{ config, service, split, table },
      version: options.version ?? config.version,
      hash: nodeSha256,
      ...(options.signal && { signal: options.signal }),
    },
  )
}
