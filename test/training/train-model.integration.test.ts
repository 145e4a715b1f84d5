// A small model from data to a promoted version by real Python, through the command line.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { TrainResult } from '../../src/training/train-model.ts'
import { sampleFolder } from './sample-folder.ts'
import { sampleRule } from './sample-table.ts'

const command = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const requirements = readFileSync(new URL('../../models/requirements.txt', import.meta.url), 'utf8')

const script = `
from sklearn.ensemble import GradientBoostingClassifier
from training_job import run

def build(parameters, features, seed):
    return GradientBoostingClassifier(random_state=seed, **parameters)

run(build)
`

async function pythonFolder(parameters: Readonly<Record<string, unknown>>): Promise<string> {
  const trainer = { kind: 'python', script: 'train.py', requirements: 'requirements.txt', parameters } as const
  const folder = await sampleFolder({ config: { trainer, source: 'model.joblib', folds: 3 } })
  writeFileSync(join(folder, 'train.py'), script)
  writeFileSync(join(folder, 'requirements.txt'), requirements)
  writeFileSync(join(folder, 'rule.json'), JSON.stringify(sampleRule))
  return folder
}

function runCommand(...args: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((settle) => {
    execFile(process.execPath, [command, ...args], { maxBuffer: 1e8 }, (error, stdout, stderr) =>
      settle({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

test('train makes its environment, trains twice to the same bytes, promotes and is evaluated', async () => {
  const folder = await pythonFolder({ n_estimators: 60, max_depth: 3 })
  const first = await runCommand('train', folder, '--promote', '--json')
  expect(first.stderr).toContain('training: fold 3 of 3')
  expect(first).toMatchObject({ exitCode: 0 })
  const { state, record } = JSON.parse(first.stdout) as TrainResult
  expect(state).toBe('production')
  expect(record.framework).toMatch(/^scikit-learn 1\.9\.1$/)
  expect(record.artifact.measures.accuracy.value).toBeGreaterThan(0.78)
  const names = JSON.parse(readFileSync(join(folder, 'versions', '1.0.0', 'model.json'), 'utf8')) as {
    userDefinedMetadata: { 'tfjs-serving': { schema: { features: { name: string }[] } } }
  }
  expect(names.userDefinedMetadata['tfjs-serving'].schema.features.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  // other bytes under the same version would be refused
  expect(await runCommand('train', folder, '--quiet')).toMatchObject({ exitCode: 0, stderr: '' })
  const evaluated = await runCommand('evaluate', folder)
  expect(evaluated.exitCode).toBe(0)
  expect(evaluated.stdout).toContain('sample_rule')
}, 600_000)

test('a script that fails is an error with Python’s own words, and exit code 2', async () => {
  const folder = await pythonFolder({ n_trees: 60 })
  const { exitCode, stderr } = await runCommand('train', folder, '--quiet')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('n_trees')
  expect(stderr).toMatch(/^error EXECUTION_FAILED: train\.py failed with exit code 1/m)
}, 600_000)
