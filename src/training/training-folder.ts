// The folder of a model in; its configuration, data and split out, and what a run leaves written to it.

import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { z } from 'zod'
import { createError } from '../errors.ts'
import { parseServiceConfig, type ServiceConfig } from '../runtime/service-config.ts'
import type { TrainedModel } from './trainer.ts'
import type { TrainingConfig } from './training-config.ts'
import { parseTrainingConfig } from './table/parse-config.ts'
import { parseTable } from './table/parse-table.ts'
import { type RowSplit, splitRows } from './table/split-rows.ts'
import type { TrainingTable } from './table/training-table.ts'

export type TrainingFolder = {
  /** Absolute. */
  readonly path: string
  readonly config: TrainingConfig
  readonly service: ServiceConfig
  /** Text of service.json. */
  readonly serviceText: string
  /** Text of rule.json, where there is one: the fallback as a decision list. */
  readonly ruleText: string | undefined
  readonly table: TrainingTable
  readonly split: RowSplit
}

/** @throws MODEL_LOAD_FAILED for a file that cannot be read; VALIDATION_FAILED and INPUT_INVALID for what is in it */
export async function readTrainingFolder(modelDir: string): Promise<TrainingFolder> {
  const path = resolve(modelDir)
  const config = parseTrainingConfig(await readText(path, 'training.json'), join(path, 'training.json'))
  const serviceText = await readText(path, 'service.json')
  const service = parseServiceConfig(serviceText, join(path, 'service.json'))
  const file = join(path, config.data.file)
  const table = parseTable(await readBytes(file), file, config)
  return {
    path,
    config,
    service,
    serviceText,
    ruleText: await readFile(join(path, 'rule.json'), 'utf8').catch(() => undefined),
    table,
    split: splitRows(table, config.split, config.folds),
  }
}

/** @throws MODEL_LOAD_FAILED */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw createError('MODEL_LOAD_FAILED', `cannot read ${file}: ${reason}`, { cause })
  }
}

async function readText(folder: string, file: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(join(folder, file)))
}

/** A file of the source's own name, or a folder with its files. */
export async function writeSource(folder: string, source: string, files: TrainedModel['files']): Promise<void> {
  const isFile = extname(source) !== ''
  const target = isFile ? dirname(join(folder, source)) : join(folder, source)
  await mkdir(target, { recursive: true })
  for (const [name, bytes] of Object.entries(files))
    await writeFile(join(target, isFile ? basename(source) : name), bytes)
}

/** What `writeSource` has written. @throws MODEL_LOAD_FAILED */
export async function readSource(folder: string, source: string): Promise<Record<string, Uint8Array>> {
  const path = join(folder, source)
  if (extname(source) !== '') return { [basename(source)]: await readBytes(path) }
  const names = await readdir(path).catch((cause: unknown) => {
    throw createError('MODEL_LOAD_FAILED', `cannot read the source folder ${path}`, { cause })
  })
  const files: Record<string, Uint8Array> = {}
  for (const name of names.sort()) files[name] = await readBytes(join(path, name))
  return files
}

export type HeldOut = {
  readonly golden: TrainedModel['golden']
  readonly truth: readonly number[]
  readonly decision?: { readonly threshold: number }
}

const heldOutFile = 'heldout.json'

/** One row a line, so that a changed row is a changed line; `convert` takes it as golden and as evaluation rows. */
export async function writeHeldOut(folder: string, { golden, truth, decision }: HeldOut): Promise<void> {
  const lines = (list: readonly unknown[]): string => `[\n${list.map((each) => JSON.stringify(each)).join(',\n')}\n]`
  const expected = Object.entries(golden.expected).map(([name, answers]) => `"${name}": ${lines(answers)}`)
  const parts = [
    `"rows": ${lines(golden.rows)}`,
    `"truth": ${JSON.stringify(truth)}`,
    ...(decision === undefined ? [] : [`"decision": ${JSON.stringify(decision)}`]),
    `"expected": {\n${expected.join(',\n')}\n}`,
  ]
  await writeFile(join(folder, heldOutFile), `{\n${parts.join(',\n')}\n}\n`)
}

const heldOutShape = z.object({
  rows: z.array(z.array(z.number().nullable())),
  truth: z.array(z.number()),
  decision: z.object({ threshold: z.number() }).optional(),
  expected: z.record(z.string(), z.array(z.unknown())),
})

/** @throws MODEL_LOAD_FAILED; VALIDATION_FAILED where it is not what a run writes */
export async function readHeldOut(folder: string): Promise<HeldOut> {
  const text = await readText(folder, heldOutFile)
  try {
    const { rows, truth, decision, expected } = heldOutShape.parse(JSON.parse(text))
    return { golden: { rows, expected }, truth, ...(decision && { decision }) }
  } catch (cause) {
    throw createError('VALIDATION_FAILED', `${join(folder, heldOutFile)} must be what train has written`, { cause })
  }
}

/** Commit of the code that trains; null outside a repository, or without git. */
export function codeCommit(folder: string): Promise<string | null> {
  return new Promise((settle) => {
    execFile('git', ['rev-parse', 'HEAD'], { cwd: folder }, (error, stdout) =>
      settle(error === null && /^[0-9a-f]{40,64}\s*$/.test(stdout) ? stdout.trim() : null),
    )
  })
}
