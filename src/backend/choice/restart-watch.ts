// A model and its backend in; the same model, which tells when the backend lost its host or device and came back, out.

import type { Backend, BackendModel } from '../port.ts'
import type { OnBackendEvent } from './backend-event.ts'

/** Looked at after each batch: a restart matters to whoever waited for one. */
export function withRestartWatch(model: BackendModel, backend: Backend, onEvent: OnBackendEvent): BackendModel {
  if (model.mode === 'sync') return model
  let seenCount = backend.health().restartCount

  function look(): void {
    const { restartCount: count, lastLoss: reason = 'unknown reason' } = backend.health()
    if (count <= seenCount) return
    seenCount = count
    onEvent({ kind: 'restarted', name: backend.name, count, reason })
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
