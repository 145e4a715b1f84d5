// A path or stdin in, its rows one by one out, in whatever format they are.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import { givenFeatures, type ModelSchema } from '../../artifact/schema.ts'
import { usageError } from '../usage-error.ts'
import { csvRows } from './csv-rows.ts'
import { jsonLines } from './json-lines.ts'
import { jsonRows } from './json-rows.ts'
import { formatOfPath, type RowFormat, sniffedByteLength, sniffFormat } from './row-format.ts'
import type { RowItems } from './row-item.ts'

export type OpenRowsOptions = {
  readonly schema: ModelSchema
  readonly stdin: Readable
  readonly signal: AbortSignal
  /** Undefined to tell it by the name, else by the beginning. */
  readonly format?: RowFormat
  /** True where columns of a CSV file that the model does not have are an error. @default false */
  readonly isStrict?: boolean
}

/**
 * Opens `input`, a path or `-` for stdin.
 * @throws INPUT_INVALID where it cannot be read; `signal.reason` when aborted
 */
export async function openRows(input: string, options: OpenRowsOptions): Promise<RowItems> {
  const { schema, signal } = options
  const where = input === '-' ? 'stdin' : input
  const stream = input === '-' ? options.stdin : await openFile(input)
  addAbortSignal(signal, stream)
  const chunks = readChunks(stream, where)
  const first = options.format ?? (input === '-' ? undefined : formatOfPath(input))
  const { format, all } = first === undefined ? await sniff(chunks, where) : { format: first, all: chunks }
  switch (format) {
    case 'json':
      return jsonRows(all, { where, featureNames: schema.features.map(({ name }) => name) })
    case 'jsonl':
      return jsonLines(all)
    case 'csv':
      return csvRows(all, {
        where,
        features: givenFeatures(schema),
        isDict: schema.dict !== undefined,
        isStrict: options.isStrict,
      })
  }
}

async function openFile(path: string): Promise<Readable> {
  try {
    if ((await stat(path)).isDirectory()) throw usageError(`--input ${path} is a folder; expected a file of rows`)
    return createReadStream(path)
  } catch (cause) {
    throw unreadable(cause, path)
  }
}

async function* readChunks(stream: Readable, where: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array)
  } catch (cause) {
    throw unreadable(cause, where)
  }
}

/** Errors of the file system are the caller's input; all else stays what it is. */
function unreadable(cause: unknown, where: string): unknown {
  const isSystemError = cause instanceof Error && 'syscall' in cause
  return isSystemError ? usageError(`cannot read ${where}: ${cause.message}`, cause) : cause
}

type Sniffed = { readonly format: RowFormat; readonly all: AsyncIterable<Uint8Array> }

/** Reads until the first line has ended, and gives what it has read back in front of the rest. */
async function sniff(chunks: AsyncGenerator<Uint8Array>, where: string): Promise<Sniffed> {
  const head: Uint8Array[] = []
  let byteLength = 0
  while (byteLength < sniffedByteLength) {
    const { done, value } = await chunks.next()
    if (done === true) break
    head.push(value)
    byteLength += value.length
    if (value.includes(0x0a) && Buffer.concat(head).toString('latin1').trimStart().includes('\n')) break
  }
  const format = sniffFormat(Buffer.concat(head), where)
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* head
    yield* chunks
  }
  return { format, all: all() }
}
