// The folder of golden CatBoost models in; models with their rows and CatBoost's own answers out.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Row = readonly (number | string | boolean | null)[]

export type CatboostCase = {
  readonly bytes: Uint8Array
  readonly rows: readonly Row[]
  readonly raw: readonly unknown[]
  readonly predict: readonly unknown[]
  readonly probabilities: readonly unknown[] | undefined
}

/** Every row of a table, with the probability of the second class and whether it is the label. */
export type CatboostTable = {
  readonly bytes: Uint8Array
  readonly table: string
  readonly target: string
  /** Columns of categories, and what stands there for a missing one. */
  readonly texts: readonly string[]
  readonly missing: string
  readonly labels: readonly string[]
  readonly probability: string
  readonly label: string
}

const root = join(import.meta.dirname, '../../golden/catboost')

/** `1.2.10/logloss`, … */
export function catboostCaseNames(): string[] {
  const versions = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return versions.flatMap(({ name }) =>
    readdirSync(join(root, name)).flatMap((file) =>
      file.endsWith('.golden.json') && !file.startsWith('all') ? [`${name}/${file.slice(0, -12)}`] : [],
    ),
  )
}

export function readCatboostCase(name: string): CatboostCase {
  const { rows, expected } = readGolden<{ rows: Row[]; expected: Record<string, unknown[]> }>(name)
  return {
    bytes: catboostBytes(name),
    rows: rows.map((row) => row.map(written)),
    raw: expected['raw'],
    predict: expected['predict'],
    probabilities: expected['predict_proba'],
  }
}

export function readCatboostTable(version: string): CatboostTable {
  const name = `${version}/all_credit`
  return { ...readGolden<Omit<CatboostTable, 'bytes'>>(name), bytes: catboostBytes(name) }
}

export function catboostBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(root, `${name}.json`)))
}

function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(join(root, `${name}.golden.json`), 'utf8')) as T
}

/** JSON has no such numbers: they are texts there. */
function written(value: Row[number]): Row[number] {
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  return value === '-Infinity' ? Number.NEGATIVE_INFINITY : value
}
