// What a host process should be in; that process, forked and linked to this one, out.

import { type ChildProcess, fork } from 'node:child_process'
import process from 'node:process'
import { exitReason } from './exit-reason.ts'
import { hostEntry } from './host-entry.ts'
import { hostEnvironment } from './host-environment.ts'
import type { HostLink } from './host-link.ts'
import type { HostReply, HostStart } from './host-protocol.ts'

/** Enough for the last error of a library, and little enough for one that never stops writing. */
const stderrTailChars = 4096

/** Pipes are empty some milliseconds after their process; but a process that it started may hold them open. */
const pipesWaitMs = 200

/** A host that hangs hears neither of the end of its channel nor of this process, and would compute for ever. */
const living = new Set<ChildProcess>()

function killLiving(): void {
  for (const child of living) child.kill('SIGKILL')
}

function killWithUs(child: ChildProcess): void {
  if (living.size === 0) process.on('exit', killLiving)
  living.add(child)
  const forget = (): void => {
    if (living.delete(child) && living.size === 0) process.off('exit', killLiving)
  }
  child.once('exit', forget)
  child.once('error', forget)
}

/**
 * A host that starts; it keeps this process alive until `unref`.
 * @throws BACKEND_UNAVAILABLE where the file that it begins with is not there
 */
export function forkHost(start: HostStart): HostLink {
  const child = fork(hostEntry('host-main'), [JSON.stringify(start)], {
    env: { ...hostEnvironment(start.name, start.options, process.env) },
    // flags of this process are for it alone: a debugger's port, a loader, a heap
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  killWithUs(child)
  const listeners: ((reason: string) => void)[] = []
  whenGone(child, (reason) => {
    for (const listener of listeners) listener(reason)
  })
  return {
    pid: child.pid,
    send(request) {
      // what becomes of a message to a host that ends meanwhile, onExit tells
      if (child.connected) child.send(request, () => undefined)
    },
    onReply: (listener) => void child.on('message', (reply) => listener(reply as HostReply)),
    onExit: (listener) => void listeners.push(listener),
    end() {
      if (child.connected) child.disconnect()
    },
    kill: () => void child.kill('SIGKILL'),
    ref() {
      child.ref()
      child.channel?.ref()
    },
    unref() {
      child.unref()
      child.channel?.unref()
    },
  }
}

/** Calls back once the process has ended and what it sent and wrote was read. */
function whenGone(child: ChildProcess, callback: (reason: string) => void): void {
  let stderrTail = ''
  let failure: Error | undefined
  let isTold = false
  let pipesWait: NodeJS.Timeout | undefined
  const open = new Set(['process', 'channel', 'stderr'])
  const close = (part: string): void => {
    open.delete(part)
    if (part === 'process') pipesWait = setTimeout(tell, pipesWaitMs)
    if (open.size === 0) tell()
  }
  const tell = (): void => {
    if (isTold) return
    isTold = true
    clearTimeout(pipesWait)
    const { exitCode: code, signalCode: signal } = child
    callback(failure === undefined ? exitReason({ code, signal, stderrTail }) : `could not run: ${failure.message}`)
  }
  child.once('exit', () => close('process'))
  child.once('disconnect', () => close('channel'))
  child.on('error', (error) => {
    // a message that could not be written says so too; only a process that never was has no number
    if (child.pid !== undefined) return
    failure = error
    close('process')
  })
  const { stderr } = child
  if (stderr === null) return close('stderr')
  stderr.setEncoding('utf8')
  stderr.on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-stderrTailChars)
  })
  stderr.once('close', () => close('stderr'))
  if ('unref' in stderr && typeof stderr.unref === 'function') stderr.unref()
}
