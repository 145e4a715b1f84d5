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
  let endedMs = 0
  let lastAt = performance.now()
  let lastCpu = process.cpuUsage()

  /** How late the next tick is by now. */
  function lateMs(): number {
    const { user, system } = process.cpuUsage(lastCpu)
    return Math.max(0, performance.now() - lastAt - tickMs - (user + system) / 1000)
  }

  const timer = setInterval(() => {
    endedMs += lateMs()
    lastAt = performance.now()
    lastCpu = process.cpuUsage()
  }, tickMs)
  return {
    get pausedMs() {
      return endedMs + lateMs()
    },
    stop: () => clearInterval(timer),
  }
}
