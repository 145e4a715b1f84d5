// A look at the models folder in, that look again and again until closed out; one at a time, however long it takes.

import type { Clock, Timer } from '../observe/clock.ts'

export type FolderWatch = { close(): Promise<void> }

/** As TensorFlow Serving does (file_system_poll_wait_seconds 1): polling sees what network mounts never announce. */
export const defaultWatchIntervalMs = 1_000

export function watchFolder(
  look: () => Promise<void>,
  { clock, intervalMs }: { readonly clock: Clock; readonly intervalMs: number },
): FolderWatch {
  let timer: Timer | undefined
  let looking: Promise<void> = Promise.resolve()
  let isClosed = false
  const arm = (): void => {
    timer = clock.setTimer(() => {
      looking = look().then(() => {
        if (!isClosed) arm()
      })
    }, intervalMs)
    // a watch alone must not keep a process alive
    ;(timer as { unref?: () => void } | undefined)?.unref?.()
  }
  arm()
  return {
    async close() {
      isClosed = true
      clock.clearTimer(timer)
      await looking
    },
  }
}
