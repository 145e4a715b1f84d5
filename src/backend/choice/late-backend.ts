// A backend that is made at its first use in; one that is there at once, and costs nothing until it is used, out.

import { createError } from '../../errors.ts'
import type { Backend, BackendName } from '../port.ts'

export type LateBackendOptions = {
  readonly name: BackendName
  readonly description: string
  readonly create: () => Promise<Backend>
  /** As the backend will say of itself. @default false */
  readonly computesRegions?: boolean
}

export function createLateBackend(options: LateBackendOptions): Backend {
  const { name, description, create, computesRegions = false } = options
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
    computesRegions,
    open: async () => (await backend()).open(),
    load: async (...model) => (await backend()).load(...model),
    tensorCount: async () => (await created?.tensorCount()) ?? 0,
    health: () => created?.health() ?? { restartCount: 0 },
    close: async () => created?.close(),
  }
}
