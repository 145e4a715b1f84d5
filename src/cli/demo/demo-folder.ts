// Nothing in; a models folder in the temporary directory, with the churn model converted into it, out.

import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConversionReport, ConvertProgress } from '../../../converters/index.ts'
import { nodeSha256 } from '../../runtime/node-hash.ts'
import { churnFile, churnName, type HeldOut } from './churn-example.ts'

const version = '1.0.0'

export type DemoFolder = {
  readonly modelsDir: string
  readonly versionDir: string
  /** Removes the artifact; service.json and rule.json stay. */
  removeArtifact(): Promise<void>
  remove(): Promise<void>
}

export type ConvertDemoOptions = {
  readonly folder: DemoFolder
  readonly heldOut: HeldOut
  readonly signal: AbortSignal
  readonly onProgress: (progress: ConvertProgress) => void
}

export async function createDemoFolder(): Promise<DemoFolder> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'tfjs-serving-demo-'))
  const versionDir = join(modelsDir, churnName, 'versions', version)
  await mkdir(join(modelsDir, churnName))
  for (const file of ['service.json', 'rule.json']) await copyFile(churnFile(file), join(modelsDir, churnName, file))
  return {
    modelsDir,
    versionDir,
    removeArtifact: () => rm(versionDir, { recursive: true }),
    remove: () => rm(modelsDir, { recursive: true, force: true }),
  }
}

/** @throws PARITY_FAILED where answers differ from scikit-learn's; `signal.reason` */
export async function convertDemoModel({
  folder,
  heldOut: { rows, truth, expected },
  signal,
  onProgress,
}: ConvertDemoOptions): Promise<ConversionReport> {
  const { convertModel } = await import('../../../converters/index.ts')
  const { report } = await convertModel(churnFile('model.joblib'), {
    outDir: folder.versionDir,
    name: churnName,
    version,
    golden: { rows, expected },
    evaluation: { rows, truth },
    hash: nodeSha256,
    signal,
    onProgress,
  })
  return report
}
