// A WebGPU device in, a watch over it out: errors that it reports late reject the work they belong to, its loss is told once.

import { createError } from '../../errors.ts'

/** As much of WebGPU's GPUDevice as is used here. */
export type GpuDevice = {
  readonly limits: Readonly<Record<string, number | undefined>>
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>
  pushErrorScope(filter: ErrorFilter): void
  popErrorScope(): Promise<GpuError | null>
  addEventListener(type: 'uncapturederror', listener: (event: UncapturedError) => void): void
  destroy(): void
}

export type GpuError = { readonly message: string }

type ErrorFilter = 'validation' | 'out-of-memory' | 'internal'

type UncapturedError = { readonly error: GpuError; preventDefault(): void }

export type DeviceWatch = {
  /** Called before synchronous work, what it gives right after it; that promise rejects where the work had an error. */
  watch(): () => Promise<void>
  /** Resolves when the device is gone, with the error that its users get. */
  readonly lost: Promise<Error>
  /** Ends the device, which is no loss then. */
  destroy(): void
}

const filters: readonly ErrorFilter[] = ['validation', 'out-of-memory', 'internal']

/**
 * WebGPU throws nothing: a wrong program or a buffer without memory makes later work do nothing, and what is read back is
 * whatever lay there. Scopes catch what the work itself causes; `uncapturederror` tells of the
 * rest, which fails all work in flight, or the next where there is none.
 */
export function watchDevice(device: GpuDevice, onLost: (reason: string) => void): DeviceWatch {
  const open = new Set<Error[]>()
  let orphans: Error[] = []
  let loss: Error | undefined
  let isDestroyed = false
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault()
    const error = reported('an error', event.error)
    if (open.size === 0) orphans.push(error)
    for (const faults of open) faults.push(error)
  })
  const lost = device.lost.then(({ reason, message }) => {
    loss = gone(isDestroyed ? 'closed' : message || reason)
    if (!isDestroyed) onLost(message || reason)
    return loss
  })
  return {
    lost,
    watch() {
      if (loss !== undefined) throw loss
      const faults = orphans
      orphans = []
      open.add(faults)
      for (const filter of filters) device.pushErrorScope(filter)
      return async () => {
        const scopes = filters.map(() => device.popErrorScope()).reverse()
        try {
          const errors = await Promise.all(scopes)
          if (loss !== undefined) throw loss
          // memory first: the errors of other kinds follow from it
          for (const i of [1, 0, 2]) if (errors[i] != null) throw reported(`an error of ${filters[i]}`, errors[i])
          if (faults.length > 0) throw faults[0]
        } finally {
          open.delete(faults)
        }
      }
    },
    destroy() {
      isDestroyed = true
      device.destroy()
    },
  }
}

/** Its text says "out of memory" where the filter does: callers give such an error another code. */
function reported(what: string, { message }: GpuError): Error {
  return new Error(`the device reported ${what.replaceAll('-', ' ')}: ${message.split('\n')[0]}`)
}

function gone(reason: string): Error {
  return createError('BACKEND_UNAVAILABLE', `the WebGPU device was lost (${reason}); it must be opened anew`, {
    details: { backend: 'webgpu' },
  })
}
