// A start-up that installs crash handlers in, the same start-up without them out: how a process ends is its owner's choice.

type Listener = (reason: unknown) => void

type Process = {
  listeners(event: string): readonly Listener[]
  removeListener(event: string, listener: Listener): void
}

/** What emscripten puts on the process (tfjs-backend-wasm 4.22.0, tf-backend-wasm.node.js): handlers that only rethrow. */
const handlers = { uncaughtException: /throw ex\b/, unhandledRejection: /throw reason\b/ } as const

/**
 * Runs `start`, then takes off the process what emscripten installed meanwhile. Without its handler an application's own
 * policy holds again: with it, one rejection that nobody awaited ends a process that had chosen to go on.
 */
export async function withoutCrashHandlers<Result>(start: () => Promise<Result>): Promise<Result> {
  const { process } = globalThis as { process?: Process }
  if (process?.listeners === undefined) return start()
  const before = Object.keys(handlers).map((event) => new Set(process.listeners(event)))
  try {
    return await start()
  } finally {
    Object.entries(handlers).forEach(([event, text], i) => {
      for (const listener of process.listeners(event))
        if (!before[i].has(listener) && text.test(String(listener))) process.removeListener(event, listener)
    })
  }
}
