// What was chosen for a model in; the one model that serves from it, and goes on elsewhere when a backend gives out, out.

import type { BackendModel, BackendName } from '../port.ts'
import type { OnBackendEvent } from './backend-event.ts'
import type { Chosen } from './choose-candidate.ts'
import { createFailoverModel } from './failover-model.ts'
import type { NextBackend } from './next-backend.ts'
import { withRestartWatch } from './restart-watch.ts'
import { createRowModel, type RowModelOptions } from './row-model.ts'
import type { RightAttempt } from './try-backend.ts'
import { createTunedModel } from './tuned-model.ts'

export type ServingOptions = Pick<Chosen, 'beside'> & {
  readonly picked: RightAttempt
  /** One that was asked for by name stays there. */
  readonly isAutomatic: boolean
  readonly nextBackend: NextBackend
  readonly onEvent: OnBackendEvent
  /** How graphs read rows where a kernel does. */
  readonly rows: RowModelOptions
}

export function createServingModel(options: ServingOptions): BackendModel {
  const { picked, beside, isAutomatic, nextBackend, onEvent, rows } = options
  const watched = ({ model, backend }: Pick<RightAttempt, 'model' | 'backend'>): BackendModel =>
    withRestartWatch(model, backend, onEvent)
  const first = watched(picked)
  if (beside !== undefined) {
    const names = { kernel: 'kernel', graph: picked.report.name } as const satisfies Record<string, BackendName>
    return createTunedModel({
      kernel: watched(beside.kernel),
      graph: createRowModel(first, rows),
      kernelMaxRows: beside.maxRows,
      onLost: (side, cause) =>
        nextBackend.leave(names[side], { to: side === 'kernel' ? names.graph : names.kernel, cause }),
    })
  }
  if (!isAutomatic || first.mode === 'sync') return first
  return createFailoverModel({
    first,
    async next(cause) {
      const found = await nextBackend.next(cause)
      if (found === undefined) return undefined
      // batches are made for what the first one takes
      return first.takes === 'rows' ? createRowModel(watched(found), rows) : watched(found)
    },
  })
}
