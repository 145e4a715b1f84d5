// What happens to the backends of a model in; a line of the user's log for each out.

import type { BackendEvent, OnBackendEvent } from '../backend/choice/backend-event.ts'
import type { Logger } from '../observe/logger.ts'

/** `who` says whose backends they are: model and version. */
export function createBackendLog(logger: Logger, who: Readonly<Record<string, string>>): OnBackendEvent {
  return (event) => {
    const [facts, message] = lineOf(event)
    // somebody has to look at a backend that is away; the others serve
    const level = event.kind === 'out' || event.kind === 'stranded' ? 'error' : 'warn'
    logger[level]({ ...who, ...facts }, message)
  }
}

function lineOf(event: BackendEvent): [facts: object, message: string] {
  switch (event.kind) {
    case 'disqualified':
      return [{ backend: event.name, reason: event.reason }, 'backend disqualified; it does not serve the model']
    case 'moved':
      return [{ backend: event.to, from: event.from, why: event.why }, 'model moved to another backend']
    case 'stranded':
      return [{ backend: event.name, err: event.cause }, 'backend gives out, and no other one is there and right']
    case 'out':
      return [
        { backend: event.name, cause: event.cause },
        'backend is away; its models fail or fall back until it is there again',
      ]
    case 'restarted':
      return [
        { backend: event.name, restartCount: event.count, reason: event.reason },
        'backend was lost and started again; its models were loaded anew',
      ]
    default:
      return event satisfies never
  }
}
