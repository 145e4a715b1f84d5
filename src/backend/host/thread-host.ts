// The name of a backend in; a thread that serves it, linked to this one, out.

import { Worker } from 'node:worker_threads'
import { hostEntry } from './host-entry.ts'
import type { HostLink } from './host-link.ts'
import type { HostReply, ThreadedName } from './host-protocol.ts'

/**
 * A host that starts; it keeps this process alive until `unref`.
 * @throws BACKEND_UNAVAILABLE where the file that it begins with is not there
 */
export function startHostThread(name: ThreadedName): HostLink {
  // flags of this process are for it alone: a debugger's port, a loader
  const worker = new Worker(hostEntry('thread-main'), { workerData: name, execArgv: [], stdout: true, stderr: true })
  const listeners: ((reason: string) => void)[] = []
  let failure: Error | undefined
  let isGone = false
  // `error` comes before `exit`, and every message before both
  worker.on('error', (error) => (failure = error as Error))
  worker.on('exit', (code) => {
    isGone = true
    const reason =
      failure === undefined ? `its thread ended with code ${code}` : `its thread failed: ${failure.message}`
    for (const listener of listeners) listener(reason)
  })
  const end = (): void => {
    if (!isGone) void worker.terminate()
  }
  return {
    pid: undefined,
    send(request) {
      if (isGone) return
      if (request.kind !== 'run') return worker.postMessage(request)
      // a copy to give away: the rows may be needed again, and cloning would copy all of the buffer behind them
      const inputs = request.inputs.map(({ name, width, values }) => ({ name, width, values: values.slice() }))
      worker.postMessage(
        { ...request, inputs },
        inputs.map(({ values }) => values.buffer),
      )
    },
    onReply: (listener) => void worker.on('message', (reply) => listener(reply as HostReply)),
    onExit: (listener) => void listeners.push(listener),
    end,
    kill: end,
    ref: () => void worker.ref(),
    unref: () => void worker.unref(),
  }
}
