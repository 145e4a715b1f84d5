// Hosts that are no longer wanted in; one promise that they are gone, asked first and killed where they linger, out.

import type { Clock, Timer } from '../../observe/clock.ts'
import type { HostLink } from './host-link.ts'

/** A host that is idle is gone some milliseconds after it is asked; one in a long run does not even hear it. */
const graceMs = 1000

/** A killed process is gone within milliseconds, unless its driver hangs: nobody waits for that one. */
const killMs = 1000

export type HostDepartures = {
  readonly isEmpty: boolean
  /** `kill` does not ask first. */
  add(link: HostLink, how: 'ask' | 'kill'): void
  /** Calls back once all that are leaving now are gone; not at once. */
  whenGone(callback: () => void): void
}

/** While one is leaving it keeps the process alive, so that whoever closes leaves nothing behind. */
export function createHostDepartures(clock: Clock): HostDepartures {
  const leaving = new Set<HostLink>()
  const waiting: { readonly links: Set<HostLink>; readonly callback: () => void }[] = []

  function gone(link: HostLink): void {
    if (!leaving.delete(link)) return
    link.unref()
    for (const { links } of waiting) links.delete(link)
    const done = waiting.filter(({ links }) => links.size === 0)
    for (const one of done) waiting.splice(waiting.indexOf(one), 1)
    for (const { callback } of done) callback()
  }

  return {
    get isEmpty() {
      return leaving.size === 0
    },
    add(link, how) {
      let timer: Timer
      leaving.add(link)
      link.ref()
      link.onExit(() => {
        clock.clearTimer(timer)
        gone(link)
      })
      function kill(): void {
        timer = clock.setTimer(() => gone(link), killMs)
        link.kill()
      }
      if (how === 'kill') return kill()
      timer = clock.setTimer(kill, graceMs)
      link.end()
    },
    whenGone(callback) {
      waiting.push({ links: new Set(leaving), callback })
    },
  }
}
