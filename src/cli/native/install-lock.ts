// A home in, the one process that may change it out: others wait for it, and take over from one that died.

import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import process from 'node:process'
import { z } from 'zod'
import type { Machine } from './machine.ts'

const ownerShape = z.object({ host: z.string(), pid: z.number(), start: z.string() })

type Owner = z.infer<typeof ownerShape>

export type LockOptions = {
  readonly signal?: AbortSignal
  /** Called once, with the process that is waited for. */
  readonly onWait?: (pid: number) => void
}

/** How often a waiting process looks again. */
const lookDelayMs = 500

/** How often the owner shows that it lives. */
const beatDelayMs = 5_000

/** An owner on another machine, such as a container with the same cache, cannot be asked; a dozen missed beats mean that it died. */
const silenceMs = 60_000

/** Runs `work` while nobody else may. @throws `signal.reason`, or what `work` throws */
export async function withLock<T>(
  path: string,
  machine: Machine,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const own = await acquire(path, machine, options)
  const beat = setInterval(() => {
    const now = new Date()
    // a lock that cannot be touched now can be in five seconds
    utimes(path, now, now).catch(() => {})
  }, beatDelayMs)
  beat.unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    if ((await textOf(path)) === own) await rm(path, { force: true })
  }
}

async function acquire(path: string, machine: Machine, { signal, onWait }: LockOptions): Promise<string> {
  const start = (await machine.processStart(process.pid)) ?? ''
  const own = JSON.stringify({ host: hostname(), pid: process.pid, start } satisfies Owner)
  await mkdir(dirname(path), { recursive: true })
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted()
    if (await create(path, own)) return own
    const held = await textOf(path)
    if (held === undefined) continue
    const owner = readOwner(held)
    if (await isDead(owner, path, machine)) {
      await takeAway(path, held)
      continue
    }
    if (tries === 0) onWait?.(owner?.pid ?? 0)
    await machine.wait(lookDelayMs, signal)
  }
}

/** Written aside and linked, so that nobody ever reads half a lock. */
async function create(path: string, own: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`
  await writeFile(aside, own)
  try {
    await link(aside, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

async function isDead(owner: Owner | undefined, path: string, machine: Machine): Promise<boolean> {
  if (owner === undefined) return true
  if (owner.host === hostname()) {
    const start = await machine.processStart(owner.pid)
    // a number that was given to another process since
    return start === undefined || start !== owner.start
  }
  try {
    return machine.nowMs() - (await stat(path)).mtimeMs > silenceMs
  } catch {
    return false
  }
}

/** Two may find the same lock dead: what the later one takes away could be the earlier one's new lock, which is put back. */
async function takeAway(path: string, dead: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  if ((await textOf(aside)) !== dead) await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
}

function readOwner(text: string): Owner | undefined {
  try {
    return ownerShape.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}
