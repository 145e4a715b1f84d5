// What a command means to do in; it done in an order that a crash at any point leaves whole, out.

import { z } from 'zod'
import { type HistoryLog, historyBytes, historyFile } from './history-log.ts'
import type { HistoryEntry } from './model-store.ts'
import { readServiceFile, serviceFile } from './service-file.ts'
import type { StoreFiles, StoreProcess, StoreWorld } from './store-files.ts'
import { readText } from './store-snapshot.ts'

/** What a command is about to do, written before it: the next command knows from it what a killed one had begun. */
export const intentFile = '.intent.json'

export type Intent = {
  readonly action: 'register' | 'promote' | 'rollback'
  readonly version: string
  readonly checksum: string
  /** To be in the history once the command is committed. */
  readonly entries: readonly HistoryEntry[]
}

const intentSchema = z.object({
  action: z.enum(['register', 'promote', 'rollback']),
  version: z.string(),
  checksum: z.string(),
  entries: z.array(z.custom<HistoryEntry>((entry) => typeof entry === 'object' && entry !== null)),
}) satisfies z.ZodType<Intent>

/** Undefined where no command was under way, or it was killed while it wrote this: then it had not begun. */
export async function readIntent(files: StoreFiles): Promise<Intent | undefined> {
  const text = await readText(files, intentFile)
  try {
    return text === undefined ? undefined : intentSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Says what is meant, does it, tells the history, and takes back what was said; each is on the disk before the next. */
export async function carryOut(
  { files }: StoreWorld,
  { intent, log, commit }: { readonly intent: Intent; readonly log: HistoryLog; readonly commit: () => Promise<void> },
): Promise<void> {
  await files.write(intentFile, jsonBytes(intent))
  await files.syncFolder('')
  await commit()
  await appendHistory(files, intent.entries, log)
  await files.remove(intentFile)
}

export async function appendHistory(
  files: StoreFiles,
  entries: readonly HistoryEntry[],
  log: HistoryLog,
): Promise<void> {
  if (entries.length === 0) return
  await files.append(historyFile, historyBytes(entries, log))
  await files.syncFolder('')
}

/** One rename; a registry reads the old file or the new one. @throws VALIDATION_FAILED rather than write what none can read */
export async function replaceService(files: StoreFiles, process: StoreProcess, text: string): Promise<void> {
  readServiceFile(text, files.model)
  const temporary = `.service-${process.token()}.json`
  await files.write(temporary, new TextEncoder().encode(text), serviceFile)
  await files.rename(temporary, serviceFile)
  await files.syncFolder('')
}

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
}
