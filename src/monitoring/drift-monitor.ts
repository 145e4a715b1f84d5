// Rows and predictions as they are served in; on request, a report on what has drifted from the reference out.

import type { Clock } from '../observe/clock.ts'
import type { Prediction, Row } from '../rows/prediction.ts'
import { assertKnownOptions, wrongOption } from '../runtime/known-options.ts'
import { assertClock } from './assert-clock.ts'
import { type ColumnTest, createDriftColumn, type DriftColumn } from './drift-column.ts'
import { type DriftFeature, readPrediction, valueIn } from './drift-reading.ts'
import { type DriftReference, summarizeReference } from './drift-reference.ts'
import { holmAdjusted } from './holm.ts'
import type { PredictionObserver } from './prediction-observer.ts'
import { createSeededRandom } from '../rows/seeded-random.ts'

export type DriftMonitorOptions = {
  /** What was normal: rows and what the model answered for them, or what `summarizeReference` made of them. */
  readonly reference: DriftReference | { readonly rows: readonly Row[]; readonly predictions?: readonly Prediction[] }
  /** Features to watch, in the order of the model's schema: `model.schema.features`. */
  readonly features: readonly DriftFeature[]
  /** Latest rows that are compared. @default 1_000 */
  readonly windowRows?: number
  /**
   * Chance that a check raises anything while nothing has drifted, for all columns together (Holm), where rows are drawn
   * independently. @default 1e-5: one false alarm in 100,000 checks of fresh windows
   */
  readonly alpha?: number
  /** Rows, and predictions, below which nothing is said. @default 100 */
  readonly minSamples?: number
  readonly clock: Pick<Clock, 'now'>
  /** Numbers in [0, 1), which pick the reference's rows where there are too many. @default seeded with 1 */
  readonly random?: () => number
  /** Gets every report of `check`; that it throws or rejects is counted as a fault. */
  readonly publish?: (report: DriftReport) => unknown
}

/** What a check found of one column: its test, and its missing values. */
export type DriftFinding = Omit<ColumnTest, 'missing'> & {
  readonly name: string
  /** Corrected for all tests of the check. */
  readonly adjustedP: number
  /** Its values or its share of missing ones. */
  readonly drifted: boolean
  /** Shares of missing values, compared by Fisher's exact test. */
  readonly missing: ColumnTest['missing'] & { readonly adjustedP: number; readonly drifted: boolean }
}

/** Of one check of the window against the reference; plain JSON. */
export type DriftReport = {
  readonly checkedAtMs: number
  /** Rows in the window. */
  readonly rowCount: number
  /** False while there are fewer than `minSamples` rows: then there are no findings. */
  readonly isReady: boolean
  /** Chance of a false alarm of this check. */
  readonly alpha: number
  /** Tests that the p-values are corrected for. */
  readonly testCount: number
  readonly drifted: boolean
  /** `high` where more than half of the features have drifted. */
  readonly severity: 'none' | 'medium' | 'high'
  readonly features: readonly DriftFinding[]
  readonly prediction?: DriftFinding
  readonly confidence?: DriftFinding
}

export type DriftMonitor = PredictionObserver & {
  /** Bytes of all typed arrays; made at once, and the same after any number of rows. */
  readonly byteLength: number
  /** Reports that `publish` failed on. */
  readonly faults: number
  /** Compares the latest `windowRows` rows with the reference. */
  check(): DriftReport
}

/**
 * Watches features, predictions and confidence for drift. Rows that a fallback answered count for the features alone.
 * Memory is 16 bytes a row of the window and column, and 8 a reference value.
 * @throws VALIDATION_FAILED for an option that cannot be, or a reference of other features
 * @example
 * const drift = createDriftMonitor({ reference, features: model.schema.features, clock: { now: Date.now } })
 * const watched = watchPredictor(model, drift)
 */
export function createDriftMonitor(options: DriftMonitorOptions): DriftMonitor {
  const { features, windowRows, alpha, minSamples, clock, publish } = resolveDriftOptions(options)
  const reference = referenceOf(options)
  const columns = reference.features.map((column) => createDriftColumn(column, windowRows))
  const [output, confidence] = [reference.prediction, reference.confidence].map((column) =>
    column === undefined ? undefined : createDriftColumn(column, windowRows),
  )
  const all = [...columns, output, confidence].filter((column) => column !== undefined)
  let faults = 0

  return {
    byteLength: all.reduce((sum, column) => sum + column.byteLength, 0),
    get faults() {
      return faults
    },
    observe(row, prediction) {
      for (let i = 0; i < columns.length; i++) columns[i].push(valueIn(row, i, features[i]))
      if (prediction === undefined || prediction.source === 'fallback') return
      const reading = readPrediction(prediction)
      output?.push(reading.output)
      if (reading.confidence !== undefined) confidence?.push(reading.confidence)
    },
    check() {
      const rowCount = columns[0].count
      const isReady = rowCount >= minSamples
      const tested = isReady ? all.filter((column) => column.count >= minSamples) : []
      const findings = findingsOf(tested, alpha)
      const ofFeatures = columns.flatMap((column) => findings.get(column) ?? [])
      const ofOutput = output && findings.get(output)
      const ofConfidence = confidence && findings.get(confidence)
      const driftedCount = ofFeatures.filter(({ drifted }) => drifted).length
      const drifted = [...findings.values()].some((finding) => finding.drifted)
      const report: DriftReport = {
        checkedAtMs: clock.now(),
        rowCount,
        isReady,
        alpha,
        testCount: 2 * tested.length,
        drifted,
        severity: !drifted ? 'none' : driftedCount > columns.length / 2 ? 'high' : 'medium',
        features: ofFeatures,
        ...(ofOutput === undefined ? {} : { prediction: ofOutput }),
        ...(ofConfidence === undefined ? {} : { confidence: ofConfidence }),
      }
      try {
        // what an async function rejects with would end the process
        Promise.resolve(publish?.(report)).catch(() => faults++)
      } catch {
        faults++
      }
      return report
    },
  }
}

/** A family of two tests a column: of its values and of its share of missing ones. */
function findingsOf(columns: readonly DriftColumn[], alpha: number): Map<DriftColumn, DriftFinding> {
  const tests = columns.map((column) => column.test())
  const adjusted = holmAdjusted(tests.flatMap(({ p, missing }) => [p, missing.p]))
  return new Map(
    columns.map((column, i) => {
      const [adjustedP, adjustedMissing] = [adjusted[2 * i], adjusted[2 * i + 1]]
      const missing = { ...tests[i].missing, adjustedP: adjustedMissing, drifted: adjustedMissing <= alpha }
      const drifted = adjustedP <= alpha || missing.drifted
      return [column, { name: column.name, ...tests[i], adjustedP, drifted, missing }]
    }),
  )
}

const optionNames = {
  reference: true,
  features: true,
  windowRows: true,
  alpha: true,
  minSamples: true,
  clock: true,
  random: true,
  publish: true,
} as const satisfies Record<keyof DriftMonitorOptions, true>

function resolveDriftOptions(options: DriftMonitorOptions) {
  assertKnownOptions('', options, optionNames)
  const { reference, features, windowRows = 1000, alpha = 1e-5, minSamples = 100, clock, publish } = options
  assertClock(clock)
  if (typeof reference !== 'object' || reference === null)
    throw wrongOption('reference', '{ rows } or what summarizeReference gives', reference)
  if (!Array.isArray(features) || features.length === 0) throw wrongOption('features', 'at least one feature', features)
  if (!Number.isInteger(minSamples) || minSamples < 1) throw wrongOption('minSamples', 'a whole number', minSamples)
  if (!Number.isInteger(windowRows) || windowRows < minSamples)
    throw wrongOption('windowRows', `a whole number, at least minSamples (${minSamples})`, windowRows)
  if (!(alpha > 0 && alpha < 1)) throw wrongOption('alpha', 'a number between 0 and 1', alpha)
  return { features, windowRows, alpha, minSamples, clock, publish }
}

function referenceOf({
  reference,
  features,
  random = createSeededRandom(1).uniform,
}: DriftMonitorOptions): DriftReference {
  const summary = 'rows' in reference ? summarizeReference({ ...reference, features, random }) : reference
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(', ')
  if (summary.formatVersion !== 1 || names(summary.features) !== names(features))
    throw wrongOption('reference', `a summary of ${names(features)}`, names(summary.features))
  return summary
}
