// The name of an input file, or the beginning of its bytes, in; the format of its rows out.

import { extname } from 'node:path'
import { createError } from '../../errors.ts'
import { parsePythonJson } from '../../rows/python-json.ts'

export const rowFormats = ['json', 'jsonl', 'csv'] as const
export type RowFormat = (typeof rowFormats)[number]

const formatOfExtension: Readonly<Record<string, RowFormat>> = {
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
}

export function formatOfPath(path: string): RowFormat | undefined {
  return formatOfExtension[extname(path).toLowerCase()]
}

/** Bytes that are looked at: the first line of nearly every file. */
export const sniffedByteLength = 64 * 1024

/**
 * What `head`, the beginning of the bytes, looks like: JSON over many lines or with rows inside, JSON a line, else CSV.
 * @throws INPUT_INVALID where there is nothing
 */
export function sniffFormat(head: Uint8Array, where: string): RowFormat {
  const text = new TextDecoder().decode(head).trimStart()
  if (text === '') throw createError('INPUT_INVALID', `${where} is empty; expected rows as .json, .jsonl or .csv`)
  if (!text.startsWith('{') && !text.startsWith('[')) return 'csv'
  const end = text.indexOf('\n')
  let first: unknown
  try {
    first = parsePythonJson(end < 0 ? text : text.slice(0, end))
  } catch {
    return 'json'
  }
  if (Array.isArray(first))
    return first.every((entry) => typeof entry !== 'object' || entry === null) ? 'jsonl' : 'json'
  return typeof first === 'object' && first !== null && 'rows' in first ? 'json' : 'jsonl'
}
