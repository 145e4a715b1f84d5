// Reports of monitors in, the values that alert rules are about out.

import type { AlertRule } from './alerts.ts'
import type { DriftReport } from './drift-monitor.ts'
import type { PerformanceReport } from './performance-report.ts'

const levels = { none: 0, medium: 1, high: 2 } as const satisfies Record<DriftReport['severity'], number>

/** Raises where anything drifts; high where more than half of the features do. */
export const driftRule = {
  name: 'drift',
  metric: 'drift_level',
  max: 0,
  highBeyond: levels.medium,
} as const satisfies AlertRule

/** `drift_level` is 0, 1 (medium) or 2 (high); NaN while there are too few rows, which leaves an alert as it is. */
export function driftValues(report: DriftReport): Readonly<Record<string, number>> {
  return { drift_level: report.isReady ? levels[report.severity] : NaN }
}

/**
 * `accuracy`, `auc` and `brier` as measured, and `accuracy_at_best`, the upper end of its interval: a floor under that one
 * alerts where the accuracy is below it beyond doubt. NaN while there are too few labels.
 */
export function performanceValues(report: PerformanceReport): Readonly<Record<string, number>> {
  const { isReady, accuracy, auc, brier } = report
  return {
    accuracy: isReady ? accuracy.value : NaN,
    accuracy_at_best: isReady ? accuracy.interval[1] : NaN,
    auc: isReady && auc !== undefined ? auc.value : NaN,
    brier: isReady && brier !== undefined ? brier.value : NaN,
  }
}
