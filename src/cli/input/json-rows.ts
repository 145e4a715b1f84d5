// Bytes of a .json file in, its rows out: an array of rows, { rows }, or one object.

import { createError } from '../../errors.ts'
import type { Row } from '../../rows/prediction.ts'
import { parseJson } from './json-text.ts'
import type { RowItem, RowItems } from './row-item.ts'

/** A JSON text is read whole: larger ones would not fit the memory, and belong into .jsonl or .csv. */
export const maxJsonByteLength = 256 * 1024 * 1024

export type JsonRowsOptions = {
  /** Path, for errors. */
  readonly where: string
  /** The model's feature names: one of them may be called `rows`. */
  readonly featureNames: readonly string[]
  readonly maxByteLength?: number
}

/** @throws INPUT_INVALID where it is no JSON; LIMIT_EXCEEDED */
export async function* jsonRows(
  chunks: AsyncIterable<Uint8Array>,
  { where, featureNames, maxByteLength = maxJsonByteLength }: JsonRowsOptions,
): AsyncGenerator<RowItem> & RowItems {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const texts: string[] = []
  let byteLength = 0
  for await (const chunk of chunks) {
    byteLength += chunk.length
    if (byteLength > maxByteLength)
      throw createError(
        'LIMIT_EXCEEDED',
        `${where} is longer than ${maxByteLength} bytes, which is the most of a .json file; write the rows as .jsonl or .csv`,
      )
    texts.push(decode(decoder, chunk, where))
  }
  texts.push(decode(decoder, undefined, where))
  const rows = rowsOf(parseJson(texts.join(''), where), featureNames)
  for (let i = 0; i < rows.length; i++) yield { kind: 'row', row: rows[i] as Row, place: `row ${i}` }
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | undefined, where: string): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch (cause) {
    throw createError('INPUT_INVALID', `${where}: expected UTF-8 text`, { cause })
  }
}

function rowsOf(json: unknown, featureNames: readonly string[]): readonly unknown[] {
  if (Array.isArray(json)) return json
  if (typeof json === 'object' && json !== null && 'rows' in json && Array.isArray(json.rows))
    if (!featureNames.includes('rows')) return json.rows
  return [json]
}
