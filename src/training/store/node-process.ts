// This process in; who it is, and whether another one that says who it is still lives, out. Needs Node.

import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Holder, StoreProcess } from './store-files.ts'

/**
 * Linux says when a process started (proc(5), field 22 of stat) and in which boot, so that a pid that was given again is
 * not taken for the one before; elsewhere a pid that lives counts as its holder.
 */
export async function createNodeProcess(): Promise<StoreProcess> {
  const boot = (await textOf('/proc/sys/kernel/random/boot_id'))?.slice(0, 8) ?? ''
  const namespace = /\d+/.exec((await readlink('/proc/self/ns/pid').catch(() => undefined)) ?? '')?.[0]
  const host = namespace === undefined ? hostname() : `${hostname()}/${namespace}`
  const self: Holder = { pid: process.pid, start: await startOf(process.pid, boot), host }
  return {
    self,
    async look({ pid, start, host: theirs }) {
      const [name] = theirs.split('/')
      if (name !== hostname()) return 'unknown'
      // the machine was started again since: no process of before lives
      if (boot !== '' && start !== '' && !start.startsWith(`${boot}.`)) return 'dead'
      if (theirs !== host) return 'unknown'
      if (!isRunning(pid)) return 'dead'
      return (await startOf(pid, boot)) === start || start === '' ? 'alive' : 'dead'
    },
    wait: (durationMs) => sleep(durationMs),
    token: () => crypto.randomUUID().slice(0, 8),
  }
}

async function startOf(pid: number, boot: string): Promise<string> {
  const text = await textOf(`/proc/${pid}/stat`)
  // the name in parentheses may hold spaces; the state after it is field 3
  const ticks = text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  return ticks === undefined ? '' : `${boot}.${ticks}`
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // it is there, and somebody else's
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
