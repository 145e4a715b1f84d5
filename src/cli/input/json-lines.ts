// Bytes of a .jsonl file in, one row a line out; a line that is no JSON is that row's error, and the others go on.

import { createError, isMLError } from '../../errors.ts'
import type { Row } from '../../rows/prediction.ts'
import { byteLines, maxLineByteLength } from './byte-lines.ts'
import { parseJson } from './json-text.ts'
import type { RowItem, RowItems } from './row-item.ts'

export async function* jsonLines(
  chunks: AsyncIterable<Uint8Array>,
  maxByteLength: number = maxLineByteLength,
): AsyncGenerator<RowItem> & RowItems {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const { number, bytes } of byteLines(chunks, maxByteLength)) {
    const place = `line ${number}`
    if (bytes === undefined) {
      const message = `${place} is longer than ${maxByteLength} bytes; expected one row a line`
      yield { kind: 'error', error: createError('LIMIT_EXCEEDED', message, { details: { line: number } }) }
      continue
    }
    const item = readLine(bytes, place, decoder)
    if (item !== undefined) yield item
  }
}

/** Undefined for a blank line. */
function readLine(bytes: Uint8Array, place: string, decoder: InstanceType<typeof TextDecoder>): RowItem | undefined {
  try {
    const text = decoder.decode(bytes)
    if (text.trim() === '') return undefined
    // whether it is a row is for the model's own reader to say
    return { kind: 'row', row: parseJson(text, place) as Row, place }
  } catch (cause) {
    if (isMLError(cause)) return { kind: 'error', error: cause }
    return { kind: 'error', error: createError('INPUT_INVALID', `${place}: expected UTF-8 text`, { cause }) }
  }
}
