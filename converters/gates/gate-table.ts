// The bounds that a caller may set to a conversion, each with what measures it and what it needs; one table.

import type { ConversionReport } from '../report/report.ts'
import type { GateName, GateUnit } from './gate.ts'

/** Options that bring rows. */
export type GivenOption = 'golden' | 'evaluation' | 'calibration'

export type GateCode = 'PARITY_FAILED' | 'ACCURACY_BELOW_FLOOR' | 'LIMIT_EXCEEDED'

/** What gates are measured on. */
export type Measured = Pick<ConversionReport, 'bytes' | 'evaluation' | 'comparisons'>

export type GateRule = {
  /** Of the error where it is missed. */
  readonly code: GateCode
  /** One of these options must be there; none where no rows are needed. */
  readonly rows: readonly GivenOption[]
  readonly side: 'at most' | 'at least'
  readonly unit: GateUnit
  /** Bounds beyond these are mistakes. */
  readonly range: readonly [lowest: number, highest: number]
  /** Undefined where the model has no such number. */
  readonly measure: (report: Measured) => number | undefined
  /** Which models have it. */
  readonly needs: string
}

const anyRows = ['golden', 'evaluation', 'calibration'] as const
const accurate = 'a model that gives labels, or evaluation rows with a decision'

export const gateTable = {
  maxSize: {
    code: 'LIMIT_EXCEEDED',
    rows: [],
    side: 'at most',
    unit: 'bytes',
    range: [0, Infinity],
    measure: ({ bytes }) => bytes.artifact,
    needs: 'any model',
  },
  minAccuracy: {
    code: 'ACCURACY_BELOW_FLOOR',
    rows: ['evaluation'],
    side: 'at least',
    unit: 'number',
    range: [0, 1],
    measure: ({ evaluation }) => evaluation?.artifact.accuracy,
    needs: accurate,
  },
  maxAccuracyLoss: {
    code: 'ACCURACY_BELOW_FLOOR',
    rows: ['evaluation'],
    side: 'at most',
    unit: 'number',
    range: [0, 1],
    measure: ({ evaluation }) => lossOf(evaluation),
    needs: accurate,
  },
  minR2: {
    code: 'ACCURACY_BELOW_FLOOR',
    rows: ['evaluation'],
    side: 'at least',
    unit: 'number',
    range: [-Infinity, 1],
    measure: ({ evaluation }) => evaluation?.artifact.r2,
    needs: 'a model that gives values',
  },
  maxFlips: {
    code: 'PARITY_FAILED',
    rows: anyRows,
    side: 'at most',
    unit: 'rows',
    range: [0, Infinity],
    measure: ({ comparisons }) => mostOf(comparisons.map(({ labelFlips }) => labelFlips)),
    needs: 'a model that gives labels, and golden rows that have them',
  },
  maxDifference: {
    code: 'PARITY_FAILED',
    rows: anyRows,
    side: 'at most',
    unit: 'number',
    range: [0, Infinity],
    measure: ({ comparisons }) => largestOf(comparisons),
    needs: 'rows whose answers have probabilities, values, scores or vectors',
  },
} as const satisfies Record<GateName, GateRule>

export const gateNames = Object.keys(gateTable) as readonly GateName[]

/** Shares of rows are subtracted in double precision: without rounding 0.955 − 0.954 were more than 0.001. */
function lossOf(evaluation: Measured['evaluation']): number | undefined {
  const [before, after] = [evaluation?.source.accuracy, evaluation?.artifact.accuracy]
  return before === undefined || after === undefined ? undefined : Number((before - after).toFixed(12))
}

/** Sets of rows may overlap, so that a sum would count some twice. */
function mostOf(counts: readonly (number | null)[]): number | undefined {
  const known = counts.filter((count) => count !== null)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** Scores say nothing that probabilities do not; they count where there are no others. */
function largestOf(comparisons: Measured['comparisons']): number | undefined {
  const parts = comparisons.flatMap(({ largest: { score, ...others } }) => {
    const values = Object.values(others)
    return values.length > 0 || score === undefined ? values : [score]
  })
  return parts.length === 0 ? undefined : Math.max(...parts)
}
