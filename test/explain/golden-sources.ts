// The name of a stored scikit-learn case in, its model in our terms before and after folding, and its rows, out.

import { existsSync, readFileSync } from 'node:fs'
import { readSourceModel } from '../../converters/convert/read-source-model.ts'
import { detectSource } from '../../converters/convert/source-format.ts'
import { foldRegions } from '../../converters/fold/fold-regions.ts'
import type { ArtifactMetadata } from '../../src/artifact/metadata.ts'
import type { ModelSchema } from '../../src/artifact/schema.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { createRowReader } from '../../src/rows/read-row.ts'

/** What an explainer is made from. */
export type Subject = {
  readonly metadata: Pick<ArtifactMetadata, 'name' | 'version' | 'schema' | 'head' | 'check'>
  readonly graph: RegionGraph
}

export const repository = new URL('../../', import.meta.url)

/** @param folder from the repository's root */
export function readModel(folder: string): Record<string, Uint8Array> {
  const file = ['model.joblib', 'model.pkl'].find((name) => existsSync(new URL(`${folder}/${name}`, repository))) ?? ''
  return { [file]: new Uint8Array(readFileSync(new URL(`${folder}/${file}`, repository))) }
}

/** The source's own trees and float64 leaves: `unfolded` as its frontend gives them, `graph` folded, never stored. */
export function readSource(folder: string): Subject & { readonly unfolded: RegionGraph } {
  const { schema, head, graph: unfolded } = readSourceModel(detectSource(readModel(folder), 'auto'))
  const check = { rows: [], exact: [], quantized: [] }
  const metadata = { name: 'source', version: '1.0.0', schema, head, check }
  return { metadata, graph: foldRegions(unfolded, schema), unfolded }
}

/** Rows that the schema refuses are left out. */
export function canonicalRows(schema: ModelSchema, rows: readonly unknown[]): Float64Array[] {
  const reader = createRowReader(schema)
  return rows.flatMap((row) => {
    const canonical = new Float64Array(reader.width)
    try {
      reader.read(row, canonical, 0)
      return [canonical]
    } catch {
      return []
    }
  })
}
