// Where a host thread begins: serves one backend to the thread that started it, and ends with it.

import { parentPort, workerData } from 'node:worker_threads'
import type { Backend } from '../port.ts'
import { createHostService } from './host-service.ts'
import type { HostRequest, ThreadedName } from './host-protocol.ts'

const createBackend = {
  wasm: async () => (await import('../tfjs/wasm.ts')).createWasmBackend(),
  cpu: async () => (await import('../tfjs/cpu.ts')).createCpuBackend(),
} as const satisfies Record<ThreadedName, () => Promise<Backend>>

let backend: Promise<Backend> | undefined
const serve = createHostService(
  () => (backend ??= createBackend[workerData as ThreadedName]()),
  (reply) => parentPort?.postMessage(reply),
)
parentPort?.on('message', (request) => serve(request as HostRequest))
