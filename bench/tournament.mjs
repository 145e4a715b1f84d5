// Contenders in; what a call of each takes out, by samples of at least 5 ms in interleaved rounds.

import { median } from './harness.mjs'

/**
 * A contender is `{ name, sample }`: `sample(repeats)` makes that many calls and gives the milliseconds they took, or a
 * promise of them, so that a child process may time itself.
 *
 * Each is warmed up alone, then all take turns; who begins moves on by one a round. A contender whose one call takes longer
 * than `mostCallMs` is left out by name.
 * @returns by name `{ us, lowUs, highUs, repeats }` a call, median and quartiles, or `{ tooSlowMs }`
 */
export async function compete(contenders, options = {}) {
  const { rounds = 7, sampleMs = 6, warmUpMs = 60, mostCallMs = 1200 } = options
  const entrants = []
  const results = {}
  for (const { name, sample } of contenders) {
    const callMs = await warmUp(sample, { warmUpMs, mostCallMs, sampleMs })
    if (callMs > mostCallMs) results[name] = { tooSlowMs: callMs }
    else entrants.push({ name, sample, repeats: Math.max(1, Math.ceil(sampleMs / callMs)), times: [] })
  }
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < entrants.length; turn++) {
      const { sample, repeats, times } = entrants[(round + turn) % entrants.length]
      times.push(((await sample(repeats)) * 1000) / repeats)
    }
  for (const { name, repeats, times } of entrants) {
    const sorted = times.sort((a, b) => a - b)
    const quarter = sorted.length >> 2
    results[name] = { us: median(sorted), lowUs: sorted[quarter], highUs: sorted[sorted.length - 1 - quarter], repeats }
  }
  return results
}

/** Milliseconds a call once it is warm. */
async function warmUp(sample, { warmUpMs, mostCallMs, sampleMs }) {
  let spentMs = 0
  let repeats = 1
  for (;;) {
    const elapsedMs = Math.max(await sample(repeats), 1e-4)
    spentMs += elapsedMs
    const callMs = elapsedMs / repeats
    if (callMs > mostCallMs || (spentMs >= warmUpMs && elapsedMs >= sampleMs / 4)) return callMs
    if (elapsedMs < sampleMs) repeats = Math.ceil(repeats * Math.min(8, Math.max(1.2, sampleMs / elapsedMs)))
  }
}

/** A sample of a function that answers at once. */
export function syncSample(call) {
  return (repeats) => {
    const startedAt = performance.now()
    for (let i = 0; i < repeats; i++) call()
    return performance.now() - startedAt
  }
}

/** A sample of a function whose promise is awaited before the next call. */
export function asyncSample(call) {
  return async (repeats) => {
    const startedAt = performance.now()
    for (let i = 0; i < repeats; i++) await call()
    return performance.now() - startedAt
  }
}

/** `take()` gives the entries in turn, for ever. */
export function inTurn(entries) {
  let next = 0
  return () => {
    const entry = entries[next]
    next = next + 1 === entries.length ? 0 : next + 1
    return entry
  }
}
