// Where a host process begins: serves one backend to the process that started it, and ends with it.

import process from 'node:process'
import type { BackendOptions } from '../backend-options.ts'
import type { Backend } from '../port.ts'
import { createHostService } from './host-service.ts'
import type { ForkedName, HostReply, HostRequest, HostStart } from './host-protocol.ts'

type OnLost = (reason: string) => void

const createBackend = {
  // threads are in the environment, and a processor is not lost
  native: async () => (await import('../tfjs/native.ts')).createNativeBackend(),
  cuda: async ({ cuda }, onLost) => (await import('../tfjs/cuda.ts')).createCudaBackend(cuda, onLost),
  webgpu: async ({ webgpu }, onLost) => (await import('../tfjs/webgpu.ts')).createWebgpuBackend(webgpu, onLost),
} as const satisfies Record<ForkedName, (options: BackendOptions, onLost: OnLost) => Promise<Backend>>

/** They go to the whole process group or control group; the parent, which has its own plans for its end, decides. */
const parentsSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const { name, options } = JSON.parse(process.argv[2] ?? '') as HostStart
let isLost = false

function send(reply: HostReply, sent?: () => void): void {
  // without a parent there is nobody to tell, and `disconnect` follows
  if (process.connected) process.send?.(reply, undefined, {}, sent)
}

function lose(reason: string): void {
  if (isLost) return
  isLost = true
  send({ kind: 'lost', reason }, end)
}

/** At once: native libraries may hang or crash in their exit handlers, and there is nothing to save. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

for (const signal of parentsSignals) process.on(signal, () => undefined)
process.on('uncaughtException', (error) => lose(`it failed outside of a request: ${String(error)}`))
process.on('unhandledRejection', (reason) => lose(`it failed outside of a request: ${String(reason)}`))
process.on('disconnect', end)

let backend: Promise<Backend> | undefined
const serve = createHostService(
  () => (backend ??= createBackend[name](options, lose)),
  (reply) => {
    // what fails while the device goes is asked again elsewhere
    if (!isLost) send(reply)
  },
)
process.on('message', (request) => serve(request as HostRequest))
