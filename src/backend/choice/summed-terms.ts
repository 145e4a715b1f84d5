// An artifact whose terms a model only adds up in; the kernel that computes it from their sums, out.

import type { Artifact } from '../../artifact/artifact.ts'
import type { RegionGraph } from '../../regions/region.ts'
import { createEncoder } from '../../rows/encode.ts'
import { sumTerms, type SummedModel } from '../../rows/terms/sum-terms.ts'
import type { CandidateReport } from './backend-choice.ts'
import type { Candidate } from './candidates.ts'
import type { Chosen } from './choose-candidate.ts'
import { type CheckedModel, createProbe, probeRows } from './probe.ts'
import type { Trial } from './try-backend.ts'

/** The model on rows that have sums in place of terms. */
export type SummedArtifact = CheckedModel & Pick<SummedModel, 'createSums'>

/** What computes the regions that it is given, and so also those that are nobody's artifact. */
export function computesRegions(candidate: Candidate): boolean {
  return 'backend' in candidate && candidate.backend.computesRegions === true
}

/** Undefined where the terms are needed by themselves. */
export function summedArtifact(artifact: Artifact, graph: RegionGraph): SummedArtifact | undefined {
  if (
    !artifact.metadata.schema.features.some(({ of }) => of !== undefined) &&
    artifact.metadata.schema.dict === undefined
  )
    return undefined
  const summed = sumTerms(artifact.metadata, graph, probeRows(artifact))
  if (summed === undefined) return undefined
  const { metadata, createSums } = summed
  const encoder = createEncoder(summed.graph, metadata.inputs)
  // keys of rows name it: no cache may take sums for terms
  const sha256 = `${artifact.sha256} by sums of terms`
  return { artifact: { ...artifact, metadata, sha256 }, graph: summed.graph, encoder, createSums }
}

/** What is measured of it says nothing of the whole artifact, nor the other way round. */
export function summedTrial({ now, onEvent }: Pick<Trial, 'now' | 'onEvent'>, summed: SummedArtifact): Trial {
  return { artifact: summed.artifact, graph: summed.graph, source: 'derived', probe: createProbe(summed), now, onEvent }
}

/** The same choice, with those that nobody asked, and why. */
export function besideSummed(chosen: Chosen, candidates: readonly Candidate[]): Chosen {
  const reports = candidates.map((candidate): CandidateReport => {
    const { name } = candidate
    const known = chosen.reports.find((report) => report.name === name)
    if (known !== undefined) return { ...known, reason: `${known.reason}; terms are added up as rows are read` }
    if ('unavailable' in candidate) {
      const { unavailable: reason, remedy } = candidate
      return { name, available: false, ...(remedy !== undefined && { remedy }), reason }
    }
    return {
      name,
      available: true,
      reason: 'not tried: it would need every term of a row, of which the kernel gets sums',
    }
  })
  return { ...chosen, why: `${chosen.why}; terms are added up as rows are read`, reports }
}
