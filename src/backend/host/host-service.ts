// A backend of this process in; the requests of another process served in order, each answered with a value or an error.

import type { ErrorCode } from '../../errors.ts'
import { createError } from '../../errors.ts'
import type { Backend, BackendModel } from '../port.ts'
import { flattenError } from './host-errors.ts'
import type { HostReply, HostRequest, HostValue } from './host-protocol.ts'

/** Code of what a request throws that is no MLError. */
const failureCodes = {
  open: 'BACKEND_UNAVAILABLE',
  load: 'MODEL_LOAD_FAILED',
  run: 'EXECUTION_FAILED',
  dispose: 'EXECUTION_FAILED',
  tensorCount: 'EXECUTION_FAILED',
} as const satisfies Record<HostRequest['kind'], ErrorCode>

/** Takes requests as they come; `reply` hears the answers in the same order. */
export function createHostService(
  backend: () => Promise<Backend>,
  reply: (reply: HostReply) => void,
): (request: HostRequest) => void {
  const models = new Map<number, BackendModel>()
  const queue: HostRequest[] = []
  let isServing = false

  async function serveAll(): Promise<void> {
    isServing = true
    for (let request = queue.shift(); request !== undefined; request = queue.shift()) reply(await serve(request))
    isServing = false
  }

  async function serve(request: HostRequest): Promise<HostReply> {
    const { id, kind } = request
    try {
      return { id, ok: true, value: await valueOf(request) }
    } catch (error) {
      const reason = whyBroken(error)
      if (reason !== undefined) return { kind: 'lost', reason }
      return { id, ok: false, error: flattenError(error, failureCodes[kind]) }
    }
  }

  async function valueOf(request: HostRequest): Promise<HostValue> {
    switch (request.kind) {
      case 'open':
        return (await backend()).open()
      case 'load': {
        const { artifact, derived } = request
        const model = await (await backend()).load(artifact, derived, derived && 'derived')
        models.set(request.model, model)
        return model.form
      }
      case 'run': {
        const { model: number, inputs, rowCount, outputs } = request
        const model = models.get(number)
        if (model === undefined) throw createError('CLOSED', `model number ${number} is not loaded on this host`)
        const slabs = outputs.map((output) => ({ ...output, values: new Float32Array(rowCount * output.width) }))
        await model.run(inputs, rowCount, slabs)
        return slabs.map(({ values }) => values)
      }
      case 'dispose':
        models.get(request.model)?.dispose()
        models.delete(request.model)
        return undefined
      case 'tensorCount':
        return (await backend()).tensorCount()
      default:
        return request satisfies never
    }
  }

  return (request) => {
    queue.push(request)
    if (!isServing) void serveAll()
  }
}

/** A trap or an abort, as where its heap is full, leaves WebAssembly in the middle of something: a new host is sound. */
function whyBroken(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.name === 'RuntimeError') return `its WebAssembly ended: ${cause.message}`
  return undefined
}
