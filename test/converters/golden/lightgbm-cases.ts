// The folder of golden LightGBM models in; models with their rows and LightGBM's own answers out.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const lightgbmVersions = ['3.3', '4.6'] as const

export type LightgbmVersion = (typeof lightgbmVersions)[number]

export type LightgbmCase = {
  readonly bytes: Uint8Array
  readonly version: string
  readonly rows: readonly (readonly (number | string | boolean | null)[])[]
  /** `predict(raw_score=True)`, a row each. */
  readonly raw: readonly (readonly number[])[]
  /** `predict()` */
  readonly answers: readonly (readonly number[])[]
}

const root = fileURLToPath(new URL('../../golden/lightgbm', import.meta.url))

export function lightgbmCaseNames(version: LightgbmVersion): string[] {
  return readdirSync(join(root, version)).flatMap((file) => (file.endsWith('.txt') ? [file.slice(0, -4)] : []))
}

export function readLightgbmCase(version: LightgbmVersion, name: string): LightgbmCase {
  const path = join(root, version, name)
  const stored = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as {
    readonly lightgbm: string
    readonly rows: LightgbmCase['rows']
    readonly raw: LightgbmCase['raw']
    readonly predict: LightgbmCase['raw']
  }
  return {
    bytes: readFileSync(`${path}.txt`),
    version: stored.lightgbm,
    rows: stored.rows.map((row) => row.map(written)),
    raw: stored.raw,
    answers: stored.predict,
  }
}

/** JSON has no such numbers: they are texts there. */
function written(value: number | string | boolean | null): number | string | boolean | null {
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  return value === '-Infinity' ? Number.NEGATIVE_INFINITY : value
}
