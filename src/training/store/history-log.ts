// The text of history.jsonl in, its entries and a line that a crash has torn out; and entries in, the bytes to append out.

import { z } from 'zod'
import { createError } from '../../errors.ts'
import type { HistoryEntry } from './model-store.ts'

export const historyFile = 'history.jsonl'

export type TornLine = { readonly line: number; readonly text: string }

export type HistoryLog = {
  readonly entries: readonly HistoryEntry[]
  /** Lines that are no entries, of which no `recover` tells yet: their writes were cut off. Numbered from 1. */
  readonly torn: readonly TornLine[]
  /** False where the next entry must begin with a line end. */
  readonly endsLine: boolean
}

const entrySchema = z.object({
  seq: z.number().int().positive(),
  at: z.string(),
  action: z.enum(['register', 'stage', 'promote', 'rollback', 'deprecate', 'recover']),
  version: z.string(),
  previous: z.string().optional(),
  checksum: z.string().optional(),
  reason: z.string().optional(),
}) satisfies z.ZodType<HistoryEntry>

/**
 * Reads a history. A torn line stays in the file for ever, since nothing is taken away: a `recover` after it tells of it.
 * A line that was lost in any other way shows by the sequence numbers.
 * @throws VALIDATION_FAILED where a sequence number is missing or twice there
 */
export function parseHistory(text: string, where: string): HistoryLog {
  const entries: HistoryEntry[] = []
  let torn: TornLine[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (line === '') continue
    const entry = parseEntry(line)
    if (entry === undefined) {
      torn.push({ line: i + 1, text: line })
      continue
    }
    if (entry.seq !== entries.length + 1)
      throw createError(
        'VALIDATION_FAILED',
        `${where}, line ${i + 1}: expected sequence number ${entries.length + 1}, got ${entry.seq}; lines were taken away or added by hand: put them back as they were`,
        { details: { line: i + 1 } },
      )
    entries.push(entry)
    if (entry.action === 'recover') torn = []
  }
  return { entries, torn, endsLine: text === '' || text.endsWith('\n') }
}

/** The bytes that add `entries` to a log. */
export function historyBytes(
  entries: readonly HistoryEntry[],
  { endsLine }: { readonly endsLine: boolean },
): Uint8Array {
  const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
  return new TextEncoder().encode(endsLine ? text : `\n${text}`)
}

function parseEntry(line: string): HistoryEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
