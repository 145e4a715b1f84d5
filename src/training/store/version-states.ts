// The history of a model and what service.json says in; the state of each version and where a rollback leads, out.

import type { HistoryEntry, ModelState } from './model-store.ts'

/** Actions after which `version` is the production version. */
const isProductionChange = {
  register: false,
  stage: false,
  promote: true,
  rollback: true,
  deprecate: false,
  recover: true,
} as const satisfies Record<HistoryEntry['action'], boolean>

/** What the history says is in production; service.json is the truth, and `recover` entries bring the two together. */
export function recordedProduction(entries: readonly HistoryEntry[]): string | undefined {
  const last = entries.findLast(({ action }) => isProductionChange[action])
  return last === undefined || last.version === '' ? undefined : last.version
}

export function stateOf(
  version: string,
  { entries, production }: { readonly entries: readonly HistoryEntry[]; readonly production: string | undefined },
): ModelState {
  if (version === production) return 'production'
  if (hasFailed(entries, version)) return 'development'
  if (entries.some((entry) => isProductionChange[entry.action] && entry.version === version)) return 'deprecated'
  return entries.some((entry) => entry.action === 'stage' && entry.version === version) ? 'staging' : 'development'
}

/** Registered and never staged: whatever a person made of service.json, it did not pass its gates. */
function hasFailed(entries: readonly HistoryEntry[], version: string): boolean {
  const actions = entries.filter((entry) => entry.version === version).map(({ action }) => action)
  return actions.includes('register') && !actions.includes('stage')
}

/**
 * Versions that a rollback may lead to, the next one first. Each promotion puts its version on top of those before it; a
 * rollback takes the version that it leaves out wherever it stands, so that none leads back to it before it is promoted
 * again. So several rollbacks in a row walk back through what was in production, and never to and fro.
 */
export function rollbackTargets(entries: readonly HistoryEntry[], production: string | undefined): readonly string[] {
  let past: string[] = []
  for (const { action, version, previous } of entries) {
    if (!isProductionChange[action] || version === '') continue
    if (action === 'rollback') past = past.filter((other) => other !== previous)
    if (past[past.length - 1] !== version) past.push(version)
  }
  const targets = past.filter((version) => version !== production && !hasFailed(entries, version)).reverse()
  return [...new Set(targets)]
}

/** The checksum under which a version was taken in; undefined where the history does not know it. */
export function recordedChecksum(entries: readonly HistoryEntry[], version: string): string | undefined {
  return entries.find((entry) => entry.version === version && entry.checksum !== undefined)?.checksum
}
