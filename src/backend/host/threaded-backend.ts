// A backend's name and a number of threads in; that backend, with every model in each thread, out.

import { systemClock } from '../../observe/clock.ts'
import type { Backend } from '../port.ts'
import { createHostedBackend } from './hosted-backend.ts'
import type { ThreadedName } from './host-protocol.ts'
import { createPooledBackend } from './pooled-backend.ts'
import { startHostThread } from './thread-host.ts'

/** No thread starts before the first `open` or `load`; one that dies is started anew, and its part of a batch is run again. */
export function createThreadedBackend(name: ThreadedName, workers: number): Backend {
  const member = (): Backend => createHostedBackend(name, { fork: () => startHostThread(name), clock: systemClock })
  const pool = createPooledBackend(Array.from({ length: workers }, member), systemClock)
  const threads = workers === 1 ? 'one thread of its own' : `${workers} threads of their own`
  return {
    ...pool,
    async open() {
      return { ...(await pool.open()), device: { kind: 'cpu', name: `this process, ${threads}` } }
    },
  }
}
