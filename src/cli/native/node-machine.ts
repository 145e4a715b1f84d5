// This very machine, as an install sees it: Node's own answers, /proc, and real processes.

import { access, readFile, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Machine } from './machine.ts'
import { runTool } from './run-tool.ts'

export const nodeMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  env: process.env,
  nodePath: process.execPath,
  glibcVersion() {
    const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } }
    return report.header?.glibcVersionRuntime
  },
  async processorFlags() {
    const text = await textOf('/proc/cpuinfo')
    const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text ?? '')?.[1]
    return flags === undefined ? undefined : new Set(flags.split(/\s+/))
  },
  async freeByteLength(path) {
    const { bavail, bsize } = await statfs(await nearestFolder(path))
    return bavail * bsize
  },
  async processStart(pid) {
    // proc(5): fields 3 and 22, counted behind the name, which is in brackets and may hold anything
    const stat = await textOf(`/proc/${pid}/stat`)
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
    // one that has ended keeps its number until its parent asks, which in a container may be never
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  },
  run: runTool,
  async wait(delayMs, signal) {
    signal?.throwIfAborted()
    // the promise rejects with an error of its own where the signal has a reason of its own
    await delay(delayMs, undefined, { signal }).catch(() => {})
    signal?.throwIfAborted()
  },
  nowMs: () => Date.now(),
}

/** The path itself, or the nearest above it that is there. */
export async function nearestFolder(path: string): Promise<string> {
  let folder = resolve(path)
  while (dirname(folder) !== folder) {
    try {
      await access(folder)
      return folder
    } catch {
      folder = dirname(folder)
    }
  }
  return folder
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}
