// Time spent on answers that are given at once in; whether others in this thread must have their turn first, out.

/** Of one turn of the event loop: whoever awaits answers in a loop would otherwise keep timers and sockets waiting for ever. */
const turnMs = 4

export type TurnShare = {
  readonly hasLeft: boolean
  spend(durationMs: number): void
}

/** @param defer calls back once the events that are already there have been handled */
export function createTurnShare(defer: (callback: () => void) => void): TurnShare {
  let spentMs = 0
  let isEndAwaited = false
  const beginTurn = (): void => {
    spentMs = 0
    isEndAwaited = false
  }
  return {
    get hasLeft() {
      return spentMs < turnMs
    },
    spend(durationMs) {
      spentMs += durationMs
      if (isEndAwaited) return
      isEndAwaited = true
      defer(beginTurn)
    },
  }
}
