// What the demo measured, as plain JSON.

import type { ConversionReport } from '../../../converters/index.ts'
import type { ModelHealth } from '../../runtime/model-health.ts'
import type { Traffic } from './traffic.ts'

export type Pass = Omit<Traffic, 'predictions'> & {
  readonly callerCount: number
  readonly rowCount: number
  /** Rows of a run of the model; 0 where the model was not asked. */
  readonly meanBatchRows: number
  /** Share of the rows that the cache answered. */
  readonly cacheHitRate: number
  /** Share of labels that are the true ones. */
  readonly accuracy: number
}

export type DemoResult = {
  readonly conversion: ConversionReport
  readonly conversionMs: number
  readonly backend: NonNullable<ModelHealth['backend']>
  readonly rowCount: number
  readonly passes: {
    /** Awaited one after the other, without batching and cache. */
    readonly oneByOne: Pass
    readonly concurrent: Pass
    /** The same rows once more. */
    readonly again: Pass
  }
  /** After the artifact was taken away. */
  readonly fallback: {
    readonly rule: string
    readonly reason: string
    /** How many answers say that the rule gave them. */
    readonly markedCount: number
    readonly version: string | null
    readonly accuracy: number
  }
  readonly totalMs: number
}
