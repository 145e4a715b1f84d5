// The backends of this process: one list, since each counts the memory of the models that it holds.

import { type Candidate, createCandidates } from '../backend/choice/candidates.ts'

let candidates: readonly Candidate[] | undefined

export function processCandidates(): readonly Candidate[] {
  candidates ??= createCandidates()
  return candidates
}
