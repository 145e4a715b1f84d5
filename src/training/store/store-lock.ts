// A model folder and a command in; that command run while no other process runs one there, out.

import { createError } from '../../errors.ts'
import type { Holder, StoreFiles, StoreProcess } from './store-files.ts'

/** A command takes milliseconds; a register of hundreds of MiB on a slow disk takes seconds. */
export const lockWaitMs = 10_000

/** Between looks at a lock that is held, by a spread that keeps two commands from backing off in step for ever. */
const [leastPauseMs, pauseSpreadMs] = [20, 60]

/**
 * Runs `command` alone. Each process announces itself by a file with a name of its own and goes on only where no other
 * announces itself: of two at the same time at least one sees the other, and both draw back. A file of a dead process
 * is removed by whoever sees it, which no other file can suffer from, since no two have one name. Who announces itself
 * stands in the name, so that there is no half written lock.
 * @throws MODEL_LOAD_FAILED where another process holds the folder for longer than `waitMs`
 */
export async function withLock<Result>(
  files: StoreFiles,
  process: StoreProcess,
  { waitMs, command }: { readonly waitMs: number; readonly command: () => Promise<Result> },
): Promise<Result> {
  const own = await take(files, process, waitMs)
  try {
    return await command()
  } finally {
    await files.remove(own)
  }
}

async function take(files: StoreFiles, process: StoreProcess, waitMs: number): Promise<string> {
  const token = process.token()
  const own = lockName(process.self, token)
  for (let waitedMs = 0; ; ) {
    await files.write(own, new Uint8Array())
    let other: string | undefined
    try {
      other = await otherHolder(files, process, own)
    } catch (error) {
      await files.remove(own)
      throw error
    }
    if (other === undefined) return own
    await files.remove(own)
    if (waitedMs >= waitMs) throw heldError(files, other)
    // the token spreads the pauses of processes, the time waited those of one process
    const spread = (parseInt(token, 16) * (1 + waitedMs)) % pauseSpreadMs
    const pauseMs = leastPauseMs + spread
    await process.wait(pauseMs)
    waitedMs += pauseMs
  }
}

/** The lock of another process that lives, or of which nobody here can tell. */
async function otherHolder(files: StoreFiles, process: StoreProcess, own: string): Promise<string | undefined> {
  for (const name of (await files.list('')) ?? []) {
    const holder = name === own ? undefined : parseLockName(name)
    if (holder === undefined) continue
    if ((await process.look(holder)) !== 'dead') return name
    await files.remove(name)
  }
}

function heldError(files: StoreFiles, name: string): Error {
  const { pid, host } = parseLockName(name) ?? { pid: 0, host: '' }
  return createError(
    'MODEL_LOAD_FAILED',
    `another command works on ${files.path}: process ${pid} of ${host}; try again once it is done, or delete ${files.path}/${name} where that process is gone`,
    { details: { pid, host, lock: `${files.path}/${name}` } },
  )
}

export function lockName({ pid, start, host }: Holder, token: string): string {
  return `.lock-${pid}-${start}-${token}@${encodeURIComponent(host)}`
}

export function parseLockName(name: string): Holder | undefined {
  const [, pid, start, host] = /^\.lock-(\d+)-([\w.]*)-[0-9a-f]{8}@(.+)$/.exec(name) ?? []
  if (host === undefined) return undefined
  return { pid: Number(pid), start, host: decodeURIComponent(host) }
}
