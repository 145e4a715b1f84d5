// A busy machine in; the milliseconds during which this process wanted to run and was not let, out.

export type PauseMeter = {
  /** So far; only differences mean something. */
  readonly pausedMs: number
  stop(): void
}

const tickMs = 5

/**
 * Counts how late a timer comes, less the processor time that this process used meanwhile: work of its own that holds up
 * the event loop is no pause.
 */
export function createPauseMeter(): PauseMeter {
  let pausedMs = 0
  let lastAt = performance.now()
  let lastCpu = process.cpuUsage()
  const timer = setInterval(() => {
    const now = performance.now()
    const { user, system } = process.cpuUsage(lastCpu)
    pausedMs += Math.max(0, now - lastAt - tickMs - (user + system) / 1000)
    lastAt = now
    lastCpu = process.cpuUsage()
  }, tickMs)
  return {
    get pausedMs() {
      return pausedMs
    },
    stop: () => clearInterval(timer),
  }
}
