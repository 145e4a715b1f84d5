// A training job in, the model that a train.py makes of it out: a child process, and JSON files between.

import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { createError } from '../../errors.ts'
import type { TrainedModel, Trainer, TrainingJob } from '../trainer.ts'
import { lastLines, runProgram } from './run-program.ts'
import { openVirtualEnvironment } from './virtual-environment.ts'

export type PythonTrainerOptions = {
  /** Interpreter to use, or to make the environment with. */
  readonly python?: string
  readonly cacheDir?: string
}

const answersShape = z.object({ answers: z.array(z.number()) })
const goldenShape = z.object({
  rows: z.array(z.array(z.number().nullable())),
  expected: z.record(z.string(), z.array(z.unknown())),
})
const frameworkShape = z.object({ framework: z.string() })
const progressShape = z.object({ done: z.number(), total: z.number(), message: z.string() })

/** OpenMP threads that wait by spinning take ten times as long as one thread would where other work holds the cores. */
const threadEnvironment = { OMP_WAIT_POLICY: 'PASSIVE' } as const

/** Speaks the protocol of models/training_job.py. */
export function createPythonTrainer(options: PythonTrainerOptions = {}): Trainer {
  return {
    async train(job) {
      const { trainer } = job.config
      if (trainer.kind !== 'python')
        throw createError('INPUT_INVALID', `the Python trainer was given a job for the ${trainer.kind} trainer`)
      const { script, requirements } = trainer
      for (const file of [script, requirements])
        if (!existsSync(join(job.modelDir, file)))
          throw createError('INPUT_INVALID', `training.json names ${file}, which is not in ${job.modelDir}`)
      const { signal, onProgress } = job
      const steps = job.folds.length + 2
      const python = await openVirtualEnvironment({
        ...options,
        requirements: await readFile(join(job.modelDir, requirements), 'utf8'),
        onProgress: (message) => onProgress?.(0, steps, message),
        ...(signal && { signal }),
      })
      const folder = await mkdtemp(join(tmpdir(), 'tfjs-serving-training-'))
      try {
        await writeFile(join(folder, 'job.json'), JSON.stringify(jobText(job, folder)))
        await runScript(python, job, script, folder)
        return await readTrained(job, folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

function jobText(job: TrainingJob, folder: string) {
  const { config, modelDir, trainRows, folds, heldOutRows, seed } = job
  return {
    data: join(modelDir, config.data.file),
    features: config.data.features,
    target: config.data.target,
    train: [...trainRows],
    folds: folds.map((fold) => [...fold]),
    heldOut: [...heldOutRows],
    parameters: config.trainer.parameters,
    seed,
    out: folder,
    // all: the source's own measures come from its own answers
    goldenRows: heldOutRows.length,
  }
}

async function runScript(python: string, job: TrainingJob, script: string, folder: string): Promise<void> {
  const { exitCode, stderr } = await runProgram(python, [script, join(folder, 'job.json')], {
    cwd: job.modelDir,
    // training_job.py of this package, where the model's folder has none above it
    env: { PYTHONPATH: jobModuleFolder(), PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1', ...threadEnvironment },
    ...(job.signal && { signal: job.signal }),
    onLine: (line) => {
      const progress = progressShape.safeParse(safeJson(line))
      if (progress.success) job.onProgress?.(progress.data.done, progress.data.total, progress.data.message)
    },
  })
  if (exitCode !== 0)
    throw createError('EXECUTION_FAILED', `${script} failed with exit code ${exitCode}: ${lastLines(stderr)}`, {
      details: { script, exitCode, stderr },
    })
}

async function readTrained(job: TrainingJob, folder: string): Promise<TrainedModel> {
  const read = async <Shape extends z.ZodType>(file: string, shape: Shape): Promise<z.infer<Shape>> => {
    try {
      return shape.parse(JSON.parse(await readFile(join(folder, file), 'utf8')))
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw createError(
        'EXECUTION_FAILED',
        `the training script must write ${file} as training_job.py does: ${reason}`,
        {
          cause,
        },
      )
    }
  }
  const { answers } = await read('folds.json', answersShape)
  if (answers.length !== job.trainRows.length)
    throw createError('EXECUTION_FAILED', `folds.json must have ${job.trainRows.length} answers, got ${answers.length}`)
  const model = await readFile(join(folder, 'model.joblib')).catch((cause: unknown) => {
    throw createError('EXECUTION_FAILED', 'the training script must write model.joblib', { cause })
  })
  return {
    files: { 'model.joblib': new Uint8Array(model) },
    outOfFold: Float64Array.from(answers),
    golden: await read('golden.json', goldenShape),
    framework: (await read('framework.json', frameworkShape)).framework,
  }
}

/** src/training/python/ lies three folders below the root, dist/src/training/python/ four. */
function jobModuleFolder(): string {
  const file = ['../../../', '../../../../']
    .map((up) => new URL(`${up}models/training_job.py`, import.meta.url))
    .find((url) => existsSync(url))
  return file === undefined ? '' : dirname(fileURLToPath(file))
}

function safeJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
