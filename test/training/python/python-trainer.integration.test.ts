// A train.py as a child process: its job, its progress, its answers and its failures.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { createPythonTrainer } from '../../../src/training/python/python-trainer.ts'
import type { TrainingJob } from '../../../src/training/trainer.ts'
import { sampleConfig } from '../sample-table.ts'
import { standInPython } from './stand-in-python.ts'

/** Writes what training_job.py writes for two rows to train on and one held out. */
const answering = `out=$(dirname "$2")
    cp "$2" '%FOLDER%/job-seen.json'
    echo "$PYTHONPATH" > '%FOLDER%/path-seen'
    echo '{"done": 1, "total": 4, "message": "fold 1 of 2"}'
    echo 'a warning that is no JSON'
    echo '{"done": 4, "total": 4, "message": "done"}'
    printf 'bytes' > "$out/model.joblib"
    echo '{"answers": [0.25, 0.75]}' > "$out/folds.json"
    echo '{"rows": [[1, null]], "expected": {"predict": [1]}}' > "$out/golden.json"
    echo '{"framework": "scikit-learn 1.9.1"}' > "$out/framework.json"`

async function scene(script: string, change: Partial<TrainingJob> = {}) {
  const python = await standInPython({ hasRequirements: true, script: script })
  writeFileSync(python.path, readFileSync(python.path, 'utf8').replaceAll('%FOLDER%', python.folder), { mode: 0o755 })
  const modelDir = join(python.folder, 'model')
  mkdirSync(modelDir)
  writeFileSync(join(modelDir, 'train.py'), '')
  writeFileSync(join(modelDir, 'requirements.txt'), '')
  const progress: string[] = []
  const job: TrainingJob = {
    config: {
      ...sampleConfig,
      trainer: { kind: 'python', script: 'train.py', requirements: 'requirements.txt', parameters: { trees: 3 } },
    },
    modelDir,
    features: Float64Array.of(1, 2, 3, 4, 1, NaN),
    rowCount: 3,
    target: Uint8Array.of(0, 1, 1),
    trainRows: Int32Array.of(0, 1),
    folds: [Int32Array.of(0), Int32Array.of(1)],
    heldOutRows: Int32Array.of(2),
    seed: 7,
    onProgress: (done, total, message) => progress.push(`${done}/${total} ${message}`),
    ...change,
  }
  return { python, modelDir, progress, job, train: () => createPythonTrainer({ python: python.path }).train(job) }
}

describe.skipIf(process.platform === 'win32')('the Python trainer', () => {
  test('hands over the job as training_job.py reads it, and gives back what it wrote', async () => {
    const { python, modelDir, progress, train } = await scene(answering)
    expect(await train()).toEqual({
      files: { 'model.joblib': new TextEncoder().encode('bytes') },
      outOfFold: Float64Array.of(0.25, 0.75),
      golden: { rows: [[1, null]], expected: { predict: [1] } },
      framework: 'scikit-learn 1.9.1',
    })
    expect(JSON.parse(readFileSync(join(python.folder, 'job-seen.json'), 'utf8'))).toMatchObject({
      data: join(modelDir, 'data/rows.csv'),
      features: ['a', 'b', 'c'],
      target: 'hot',
      train: [0, 1],
      folds: [[0], [1]],
      heldOut: [2],
      parameters: { trees: 3 },
      seed: 7,
      goldenRows: 1,
    })
    expect(progress).toEqual(['1/4 fold 1 of 2', '4/4 done'])
    expect(readFileSync(join(python.folder, 'path-seen'), 'utf8').trim()).toMatch(/models\/?$/)
  })

  test.each([
    ['a script that fails', `echo 'ValueError: no such column' >&2; exit 3`, 'ValueError: no such column'],
    ['one that writes nothing', ':', 'must write folds.json'],
    [
      'one with too few answers',
      `${answering}; echo '{"answers": [1]}' > "$out/folds.json"`,
      'must have 2 answers, got 1',
    ],
    ['one without a model', `${answering}; rm "$out/model.joblib"`, 'must write model.joblib'],
  ])('%s is an error that says so', async (_name, script, reason) => {
    const { train } = await scene(script)
    await expect(train()).rejects.toMatchObject({
      code: 'EXECUTION_FAILED',
      message: expect.stringContaining(reason) as string,
    })
  })

  test('a script that is not there is named', async () => {
    const { job } = await scene(answering)
    const trainer = { ...job.config.trainer, script: 'fit.py' } as TrainingJob['config']['trainer']
    const lost = { ...job, config: { ...job.config, trainer } }
    await expect(createPythonTrainer().train(lost)).rejects.toThrow('names fit.py, which is not in')
  })

  test('an abort ends the script, with what it has started', async () => {
    const abort = new AbortController()
    const { train } = await scene(`echo '{"done": 0, "total": 1, "message": "begun"}'; sleep 60`, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    })
    await expect(train()).rejects.toThrow('enough')
  })
})
