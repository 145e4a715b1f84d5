// Right and timed candidates in the design's order in; the one to take, and the sentence that says why, out.

import type { BackendName } from '../port.ts'
import type { CandidateReport } from './backend-choice.ts'
import { meanMicros, timedSizes } from './timing.ts'

/** Two backends nearer than this are equally fast: measured again, either may win; the design's order then decides. */
const tieShare = 0.1

export type Ranked = { readonly name: BackendName; readonly microsPerRow: number }

/** Fastest first; those without timings are left out. */
export function ranked(reports: readonly CandidateReport[]): Ranked[] {
  return reports
    .flatMap(({ name, timings }) => (timings === undefined ? [] : [{ name, microsPerRow: meanMicros(timings) }]))
    .sort((a, b) => a.microsPerRow - b.microsPerRow)
}

/** `reports` are right ones, timed, in the design's order; at least one. */
export function fastest(reports: readonly CandidateReport[]): { readonly name: BackendName; readonly why: string } {
  const order = ranked(reports)
  const limit = order[0].microsPerRow * (1 + tieShare)
  const ties = reports.filter(({ name }) => order.some((one) => one.name === name && one.microsPerRow <= limit))
  const { name } = ties[0]
  const numbers = order.map((one) => `${one.name} ${one.microsPerRow.toPrecision(3)}`).join(', ')
  const measured = `µs a row, mean over batches of ${timedSizes.join(', ')}: ${numbers}`
  return {
    name,
    why:
      ties.length === 1
        ? `the fastest that is right (${measured})`
        : `within ${100 * tieShare} % of the fastest that is right, and first in the preferred order (${measured})`,
  }
}
