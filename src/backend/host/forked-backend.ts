// A backend's name and options in; that backend in a real process of its own out.

import { systemClock } from '../../observe/clock.ts'
import type { BackendOptions } from '../backend-options.ts'
import type { Backend } from '../port.ts'
import { forkHost } from './fork-host.ts'
import type { ForkedName } from './host-protocol.ts'
import { createHostedBackend } from './hosted-backend.ts'

/** No process starts before the first `open` or `load`. */
export function createForkedBackend(name: ForkedName, options: BackendOptions = {}): Backend {
  return createHostedBackend(name, { fork: () => forkHost({ name, options }), clock: systemClock })
}
