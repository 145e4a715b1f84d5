// A backend that is made at its first use in; one that is there at once, and costs nothing until it is used, out.

import { createError } from '../../errors.ts'
import type { Backend, BackendName } from '../port.ts'

export type LateBackendOptions = {
  readonly name: BackendName
  readonly description: string
  readonly create: () => Promise<Backend>
}

export function createLateBackend({ name, description, create }: LateBackendOptions): Backend {
  let creating: Promise<Backend> | undefined
  let created: Backend | undefined

  async function backend(): Promise<Backend> {
    creating ??= create()
    try {
      created = await creating
      return created
    } catch (cause) {
      creating = undefined
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw createError('BACKEND_UNAVAILABLE', `backend ${name} could not be imported: ${reason}`, { cause })
    }
  }

  return {
    name,
    description,
    open: async () => (await backend()).open(),
    load: async (artifact) => (await backend()).load(artifact),
    tensorCount: async () => (await created?.tensorCount()) ?? 0,
    health: () => created?.health() ?? { restartCount: 0 },
    close: async () => created?.close(),
  }
}
