// Texts or bytes, cut into chunks, in; what a reader of rows makes of them out: rows, and errors as `code: message`.
import { Readable } from 'node:stream'
import type { FeatureSchema } from '../../../src/artifact/schema.ts'
import { csvRows } from '../../../src/cli/input/csv-rows.ts'
import { jsonLines } from '../../../src/cli/input/json-lines.ts'
import { jsonRows } from '../../../src/cli/input/json-rows.ts'
import type { RowItems } from '../../../src/cli/input/row-item.ts'

/** Every chunk is `chunkByteLength` long: 1 cuts every character in two. */
export async function* chunksOf(content: string | Uint8Array, chunkByteLength = 3): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  for (let i = 0; i < bytes.length; i += chunkByteLength) yield bytes.subarray(i, i + chunkByteLength)
}

export const jsonLinesOf = (content: string | Uint8Array, maxByteLength?: number) =>
  gather(jsonLines(chunksOf(content), maxByteLength))

export const jsonRowsOf = (content: string | Uint8Array, featureNames: string[] = [], maxByteLength?: number) =>
  gather(jsonRows(chunksOf(content), { where: 'a.json', featureNames, maxByteLength }))

export const csvRowsOf = (
  content: string | Uint8Array,
  features: readonly FeatureSchema[],
  maxByteLength?: number,
  isStrict?: boolean,
) => gather(csvRows(Readable.from(chunksOf(content)), { where: 'a.csv', features, maxByteLength, isStrict }))

export const csvDictsOf = (content: string, features: readonly FeatureSchema[]) =>
  gather(csvRows(Readable.from(chunksOf(content)), { where: 'a.csv', features, isDict: true }))

async function gather(items: RowItems): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const item of items)
    found.push(item.kind === 'row' ? item.row : `${item.error.code}: ${item.error.message}`)
  return found
}
