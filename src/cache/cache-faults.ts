// Failures and successes of a store in; the failure that stands, for health, and each change of state, told once, out.

import type { Publish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import type { CacheChange, CacheOperation } from './cache-port.ts'

/** What fails and works by itself: a store that is full reads well, and one that reads well may hold a broken value. */
type Side = 'connection' | 'get' | 'set' | 'value'

const sideOf = {
  connection: 'connection',
  close: 'connection',
  get: 'get',
  set: 'set',
  decode: 'value',
  encode: 'value',
} as const satisfies Record<CacheOperation, Side>

/** A store that comes and goes all the time fills no log: so many changes of a side are told a minute, and the last one later. */
const mostTold = 6
const toldWithinMs = 60_000

export type CacheFaultsOptions = {
  readonly clock: Clock
  readonly publish: Publish
  readonly onChange: (change: CacheChange) => void
  /** What to do about a failure, by the store's own words for it. */
  readonly remedyFor: (words: string) => string | undefined
}

export type CacheFaults = {
  record(operation: CacheOperation, error: unknown): void
  /** That side works. */
  clear(side: Side): void
  /** The latest that no success of its side has ended: the store's own words, and what to do. */
  readonly lastError: string | undefined
}

type State = {
  /** The store's own words while the side fails. */
  words: string | undefined
  /** What listeners were told last; undefined where that side works for all they know. */
  told: string | undefined
  toldCount: number
  firstToldMs: number
}

export function createCacheFaults({ clock, publish, onChange, remedyFor }: CacheFaultsOptions): CacheFaults {
  const sides = { connection: newState(), get: newState(), set: newState(), value: newState() }
  const states: readonly State[] = Object.values(sides)
  let latest: Side = 'get'

  function mayTell(state: State): boolean {
    const nowMs = clock.now()
    if (nowMs - state.firstToldMs >= toldWithinMs) {
      state.firstToldMs = nowMs
      state.toldCount = 0
    }
    return state.toldCount++ < mostTold
  }

  /** True for what listeners know: calls fail in the words of their connection, and damage of another kind is no news. */
  function isKnown(side: Side, words: string): boolean {
    const { told } = sides[side]
    return told === words || sides.connection.told === words || (side === 'value' && told !== undefined)
  }

  function end(state: State): void {
    state.words = undefined
    if (state.told === undefined || !mayTell(state)) return
    state.told = undefined
    if (states.every(({ told }) => told === undefined)) onChange({ kind: 'well' })
  }

  return {
    record(operation, error) {
      latest = sideOf[operation]
      const state = sides[latest]
      const words = textOf(error)
      state.words = words
      if (isKnown(latest, words) || !mayTell(state)) return
      state.told = words
      const remedy = remedyFor(words)
      const fault = { operation, error, ...(remedy === undefined ? {} : { remedy }) }
      publish('cacheFault', fault)
      onChange({ kind: 'failing', ...fault })
    },
    clear(side) {
      end(sides[side])
      // who is read from is there
      if (side === 'get') end(sides.connection)
      // what nobody was told of beside the connection was due to it
      if (side === 'connection') for (const state of states) if (state.told === undefined) state.words = undefined
    },
    get lastError() {
      const words = sides[latest].words ?? states.find((state) => state.words !== undefined)?.words
      const remedy = words === undefined ? undefined : remedyFor(words)
      return remedy === undefined ? words : `${words}; ${remedy}`
    },
  }
}

function newState(): State {
  return { words: undefined, told: undefined, toldCount: 0, firstToldMs: -Infinity }
}

/** Whatever a store may throw, and even where it refuses to be shown. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message || error.name) : String(error)
  } catch {
    return 'it threw something that cannot be shown'
  }
}
