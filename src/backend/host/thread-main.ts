// Where a host thread begins: serves one backend to the thread that started it, and ends with it.

import { parentPort, workerData } from 'node:worker_threads'
import type { Backend } from '../port.ts'
import { createHostService } from './host-service.ts'
import type { HostReply, HostRequest, ThreadedName } from './host-protocol.ts'

const createBackend = {
  wasm: async () => (await import('../tfjs/wasm.ts')).createWasmBackend(),
  cpu: async () => (await import('../tfjs/cpu.ts')).createCpuBackend(),
  kernel: async () => (await import('../kernel/kernel-backend.ts')).createKernelBackend(),
} as const satisfies Record<ThreadedName, () => Promise<Backend>>

let backend: Promise<Backend> | undefined
const serve = createHostService(
  () => (backend ??= createBackend[workerData as ThreadedName]()),
  (reply) => parentPort?.postMessage(reply, valuesOf(reply)),
)

/** Numbers of a run, made for this reply alone: they move, uncopied. */
function valuesOf(reply: HostReply): ArrayBuffer[] {
  if ('kind' in reply || !reply.ok || !Array.isArray(reply.value)) return []
  return (reply.value as readonly Float32Array<ArrayBuffer>[]).map(({ buffer }) => buffer)
}

parentPort?.on('message', (request) => serve(request as HostRequest))
