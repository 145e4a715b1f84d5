// The folder of golden pipelines with boosters inside in; their files, rows and answers out.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'

export type PipelineCase = {
  readonly file: string
  readonly bytes: Uint8Array
  readonly rows: readonly unknown[]
  readonly expected: Readonly<Record<'predict' | 'predict_proba', readonly unknown[] | undefined>>
}

/** All rows of a table, with the probability of the second class and the label of each. */
export type WholeTable = {
  readonly file: string
  readonly bytes: Uint8Array
  readonly rows: readonly Readonly<Record<string, string | number | null>>[]
  readonly probabilities: Float64Array
  readonly labels: readonly unknown[]
}

const root = join(import.meta.dirname, '../../golden/pipelines')
const models = join(import.meta.dirname, '../../../models')

/** `xgboost-3.4.1/early`, … */
export function pipelineCaseNames(): string[] {
  return namesOf((file) => !file.startsWith('all_'))
}

export function wholeTableNames(): string[] {
  return namesOf((file) => file.startsWith('all_'))
}

function namesOf(isWanted: (file: string) => boolean): string[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return folders.flatMap(({ name }) =>
    readdirSync(join(root, name)).flatMap((file) =>
      file.endsWith('.json') && isWanted(file) ? [`${name}/${file.slice(0, -5)}`] : [],
    ),
  )
}

export function readPipelineCase(name: string): PipelineCase {
  const stored = readStored<Pick<PipelineCase, 'file' | 'rows' | 'expected'>>(name)
  return { ...stored, bytes: bytesOf(name, stored.file) }
}

export function readWholeTable(name: string): WholeTable {
  const stored = readStored<
    Record<'file' | 'table' | 'target' | 'probability' | 'label', string> & { labels: unknown[] }
  >(name)
  const records = parse(readFileSync(join(models, stored.table)), { columns: true }) as Record<string, string>[]
  const rows = records.map(({ [stored.target]: _, ...row }) =>
    Object.fromEntries(Object.entries(row).map(([column, text]) => [column, valueOf(text)])),
  )
  const labels = Array.from(doublesOf(stored.label), (index) => stored.labels[index])
  return {
    file: stored.file,
    bytes: bytesOf(name, stored.file),
    rows,
    probabilities: doublesOf(stored.probability),
    labels,
  }
}

function readStored<T>(name: string): T {
  return JSON.parse(readFileSync(join(root, `${name}.json`), 'utf8')) as T
}

function bytesOf(name: string, file: string): Uint8Array {
  return new Uint8Array(readFileSync(join(root, name, '..', file)))
}

function valueOf(text: string): string | number | null {
  if (text === '' || text === 'NA') return null
  return Number.isNaN(Number(text)) ? text : Number(text)
}

function doublesOf(base64: string): Float64Array {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'))
  return new Float64Array(bytes.buffer)
}
