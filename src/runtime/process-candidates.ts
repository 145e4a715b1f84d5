// What the user says about backends in; the backends of this process, made once for all that say the same, out.

import type { BackendOptions } from '../backend/backend-options.ts'
import { type Candidate, candidateNames, createCandidate, type WorkerCount } from '../backend/choice/candidates.ts'

/** By name and that backend's own options: each counts the memory of the models that it holds, wasm's for all models. */
const candidates = new Map<string, Candidate>()

export function processCandidates(options: BackendOptions, workers: WorkerCount = 0): readonly Candidate[] {
  return candidateNames.map((name) => {
    // the others are in processes of their own anyway
    const threads = name === 'kernel' || name === 'wasm' || name === 'cpu' ? workers : 0
    const key = `${name} ${threads} ${keyOf((options as Partial<Record<string, object>>)[name])}`
    const found = candidates.get(key) ?? createCandidate(name, options, workers)
    candidates.set(key, found)
    return found
  })
}

/** Ends what backends started for themselves, models included; the next model starts them anew. */
export async function closeBackends(): Promise<void> {
  for (const candidate of candidates.values()) if ('backend' in candidate) await candidate.backend.close()
}

/** The same text for the same options, in whatever order they were given. */
function keyOf(options: object = {}): string {
  return JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)))
}
