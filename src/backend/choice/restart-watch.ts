// A model and its backend in; the same model, which tells when the backend lost its host or device, stayed away or came back, out.

import type { Backend, BackendModel } from '../port.ts'
import type { OnBackendEvent } from './backend-event.ts'

/** Looked at after each batch: a restart matters to whoever waited for one. */
export function withRestartWatch(model: BackendModel, backend: Backend, onEvent: OnBackendEvent): BackendModel {
  if (model.mode === 'sync') return model
  const { name } = backend
  let seenCount = backend.health().restartCount
  let isOut = false

  function look(): void {
    const { restartCount: count, lastLoss: reason = 'unknown reason', outage: cause } = backend.health()
    if (cause !== undefined) {
      // what is tried and lost again meanwhile has not come back
      if (!isOut) onEvent({ kind: 'out', name, cause })
      isOut = true
      seenCount = count
      return
    }
    if (count <= seenCount && !isOut) return
    isOut = false
    seenCount = count
    onEvent({ kind: 'restarted', name, count, reason })
  }

  return {
    ...model,
    async run(...batch) {
      try {
        await model.run(...batch)
      } finally {
        look()
      }
    },
    dispose: () => model.dispose(),
  }
}
