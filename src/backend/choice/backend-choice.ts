// What a model's backend was chosen from and why, as health and doctor show it.

import type { BackendFacts, BackendName } from '../port.ts'
import type { Timing } from './timing.ts'

export type BackendChoice = {
  readonly picked: BackendName
  /** One sentence, with the numbers that decided. */
  readonly why: string
  readonly candidates: readonly CandidateReport[]
  /** Where a kernel serves beside the picked graph: the largest batches that it takes. */
  readonly kernelMaxRows?: number
  /** What the model ran on before; there only after it had to move while it served. */
  readonly movedFrom?: BackendName
  /** Times that the host process or device of the picked backend was lost and made anew; absent where never. */
  readonly restartCount?: number
  /** Why it was lost last. */
  readonly lastLoss?: string
  /** Why the picked backend serves nothing now, and when it is tried again; absent while it serves. */
  readonly outage?: string
}

export type CandidateReport = {
  readonly name: BackendName
  /** False where it cannot be had here. */
  readonly available: boolean
  /** Answered the check rows right, at every batch size; absent where it was not asked. */
  readonly right?: boolean
  /** Of the largest batch measured. */
  readonly microsPerRow?: number
  /** By batch size, smallest first; absent where it was not measured. */
  readonly timings?: readonly Timing[]
  /** What it computes on, with its driver. */
  readonly device?: string
  /** What computes, with versions. */
  readonly library?: string
  /** Command that mends what is missing. */
  readonly remedy?: string
  readonly reason: string
}

export function deviceText({ device: { kind, name, driver, memoryByteLength } }: BackendFacts): string {
  return [
    name,
    ...(kind === 'software' ? ['no GPU but software'] : []),
    ...(driver === undefined ? [] : [`driver ${driver}`]),
    ...(memoryByteLength === undefined ? [] : [`${(memoryByteLength / 2 ** 30).toPrecision(3)} GiB`]),
  ].join(', ')
}
