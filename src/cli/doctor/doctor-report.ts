// What doctor found out about this machine, as plain JSON.

import type { BackendName } from '../../backend/port.ts'

export type BackendFinding = {
  readonly name: BackendName
  /** Whether this release can use it here. */
  readonly isAvailable: boolean
  /** npm package of that backend and its version; null where that is not installed, or is none. */
  readonly package: string | null
  /** What computes, with versions, as it says itself; null where it is not there. */
  readonly library: string | null
  /** What it computes on, with its driver; null where it is not there. */
  readonly device: string | null
  /** Whether it answered the demo model's held-out customers as scikit-learn did; null where it was not asked. */
  readonly isRight: boolean | null
  /** Largest difference of a probability from scikit-learn's; null where it was not asked. */
  readonly largestDifference: number | null
  /** Of the demo model, from predict to answer: median of rows that come alone, best mean of rows that come together. */
  readonly microsPerRow: { readonly alone: number; readonly inBatch: number } | null
  /** Of its runs alone, by batch size as `auto` times them; absent where it was not asked. */
  readonly timings?: readonly { readonly rowCount: number; readonly microsPerRow: number }[]
  /** What was found, in a phrase. */
  readonly finding: string
  /** Command that mends what is missing; null where there is none to give. */
  readonly remedy: string | null
}

export type CacheFinding = {
  readonly name: 'memory' | 'redis'
  readonly isAvailable: boolean
  readonly package: string | null
  readonly finding: string
  readonly remedy: string | null
}

export type DoctorReport = {
  readonly library: { readonly name: string; readonly version: string }
  readonly node: { readonly version: string; readonly wanted: string; readonly isSupported: boolean }
  readonly platform: {
    readonly os: string
    readonly architecture: string
    readonly processor: string
    readonly coreCount: number
    readonly memoryByteLength: number
  }
  /** In the order in which `auto` prefers them. */
  readonly backends: readonly BackendFinding[]
  /** What `auto` picks for the demo model; null where none is right. */
  readonly picked: BackendName | null
  /** Why, with the numbers that decided; null where it was not asked. */
  readonly why: string | null
  /** Where a kernel serves beside a picked graph: the largest batches that it takes; absent where one backend takes all. */
  readonly kernelMaxRows?: number
  readonly caches: readonly CacheFinding[]
  /** True where Node is supported and a backend is right. */
  readonly isFit: boolean
}
