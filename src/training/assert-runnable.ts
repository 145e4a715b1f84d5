// The folder of a model, a version and where a run would write in; an error for what could only fail after the training out.

import { constants } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isVersion } from '../artifact/version.ts'
import { createError } from '../errors.ts'
import type { FallbackRules } from '../resilience/rules.ts'
import { ruleOf } from './judge/measure-run.ts'
import { ruleOutputs } from './judge/outputs.ts'
import { featureNotes } from './source/convert-trained.ts'
import { readServiceFile, serviceFile } from './store/service-file.ts'
import type { TrainingFolder } from './training-folder.ts'

export type RunPlan = {
  readonly version: string
  /** Absolute. */
  readonly outDir: string
  readonly fallbacks: FallbackRules | undefined
}

/**
 * @throws INPUT_INVALID for a version that is none, or a folder that cannot be written; VALIDATION_FAILED where training.json,
 *   service.json and folder disagree, or the rule is unknown or gives no number; whatever the rule throws
 */
export async function assertRunnable(folder: TrainingFolder, { version, outDir, fallbacks }: RunPlan): Promise<void> {
  const { config, service, serviceText, table, split } = folder
  if (!isVersion(version))
    throw createError(
      'INPUT_INVALID',
      `version must be one such as 2.1.0 or 2.1.0-rc.1, got ${JSON.stringify(version)}`,
    )
  const name = basename(outDir)
  if (name !== config.name)
    throw createError(
      'VALIDATION_FAILED',
      `training.json names the model ${config.name}; expected ${name}, the name of its folder ${outDir}. Make them one, or name a folder of models to write to (--out)`,
    )
  readServiceFile(serviceText, config.name)
  const there = await readFile(join(outDir, serviceFile), 'utf8').catch(() => undefined)
  readServiceFile(there, config.name)
  featureNotes(service, config)
  await ruleOutputs(ruleOf(folder, fallbacks), table, split.heldOutRows.subarray(0, 1))
  await assertWritable(outDir)
}

/** The folder itself, or the nearest above it that is there. */
async function assertWritable(path: string): Promise<void> {
  try {
    const found = await stat(path)
    if (!found.isDirectory()) throw new Error(`${path} is no folder`)
    await access(path, constants.W_OK)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' && dirname(path) !== path) return assertWritable(dirname(path))
    throw createError('INPUT_INVALID', `a run must be able to write its folder: ${message}`, { cause })
  }
}
