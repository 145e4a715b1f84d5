// A configuration in, the folder of a model that can be trained out; removed after the test.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { TrainingConfig } from '../../src/training/training-config.ts'
import { sampleConfig, sampleCsv } from './sample-table.ts'

export type SampleFolderOptions = {
  readonly config?: Partial<TrainingConfig>
  readonly service?: Readonly<Record<string, unknown>>
  readonly csv?: string
}

export async function sampleFolder({ config, service, csv = sampleCsv() }: SampleFolderOptions = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tfjs-serving-test-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const folder = join(root, 'sample')
  await mkdir(join(folder, 'data'), { recursive: true })
  await writeFile(join(folder, 'training.json'), JSON.stringify({ ...sampleConfig, source: 'source', ...config }))
  await writeFile(join(folder, 'data', 'rows.csv'), csv)
  const features = ['a', 'b', 'c'].map((name) => ({ name, dtype: 'number', units: `${name}s`, range: [-9, 9] }))
  const schema = { features, classes: [0, 1], outputs: ['label', 'probabilities'] }
  await writeFile(
    join(folder, 'service.json'),
    JSON.stringify({ name: 'sample', fallback: 'sample_rule', accuracyFloor: 0.7, schema, ...service }),
  )
  return folder
}

/** A worse model than any that is trained. */
export const sampleRules = {
  sample_rule: (row: object) => {
    const p = (row as { readonly a: number }).a > 0 ? 0.7 : 0.3
    return { label: p > 0.5 ? 1 : 0, probabilities: [1 - p, p] }
  },
}
