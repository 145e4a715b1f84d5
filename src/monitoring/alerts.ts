// Measured values and rules about them in; alerts with severity, cooldown and escalation, and their end, out.

import type { Clock } from '../observe/clock.ts'
import { assertKnownOptions, type OptionNames, wrongOption } from '../runtime/known-options.ts'
import { assertClock } from './assert-clock.ts'

/** How bad: out of bounds; past `highBeyond`; out of bounds `escalateAfter` times in a row. */
export type AlertSeverity = 'medium' | 'high' | 'critical'

/** A bound of one value: exactly one of `max` and `min`. */
export type AlertRule = {
  readonly name: string
  /** Name of the value in what `evaluate` is given. */
  readonly metric: string
  /** Largest value that is fine. */
  readonly max?: number
  /** Smallest value that is fine. */
  readonly min?: number
  /** A value past this, beyond the bound, is of high severity. @default 10 % of the bound beyond it */
  readonly highBeyond?: number
}

/** What `notify` is told. Times are those of the clock, in milliseconds. */
export type AlertEvent = {
  /** `repeated` once a cooldown while it lasts; `escalated` where it got worse; `resolved` where the value is fine again. */
  readonly kind: 'raised' | 'repeated' | 'escalated' | 'resolved'
  readonly rule: string
  readonly metric: string
  readonly value: number
  readonly bound: number
  readonly severity: AlertSeverity
  /** Values out of bounds in a row. */
  readonly violations: number
  readonly sinceMs: number
  readonly atMs: number
}

export type AlertOptions = {
  readonly rules: readonly AlertRule[]
  readonly clock: Pick<Clock, 'now'>
  /** After it told of an alert, a rule is silent for so long, unless the alert gets worse or ends. @default 30 minutes */
  readonly cooldownMs?: number
  /** Values out of bounds in a row that make an alert critical. @default 3 */
  readonly escalateAfter?: number
  /** Tells someone; that it throws or rejects is counted and harms nothing. */
  readonly notify: (event: AlertEvent) => unknown
}

export type Alerts = {
  /** Takes the values of a check; absent and NaN ones leave their alerts as they are. Returns what it told. */
  evaluate(values: Readonly<Record<string, number | undefined>>): readonly AlertEvent[]
  /** Alerts that last, told or not. */
  readonly active: readonly Omit<AlertEvent, 'kind'>[]
  /** Times that `notify` failed. */
  readonly faults: number
}

type State =
  | { readonly kind: 'quiet'; readonly toldAtMs: number }
  | {
      readonly kind: 'active'
      readonly event: Omit<AlertEvent, 'kind'>
      readonly toldAtMs: number
      /** False for one that began in the cooldown of the last and has not been told of. */
      readonly isTold: boolean
    }

const rank = { medium: 0, high: 1, critical: 2 } as const satisfies Record<AlertSeverity, number>

/**
 * Watches values against bounds: raises an alert where one is out of bounds, repeats it once a cooldown, escalates it where
 * it lasts or gets worse, and tells that it is over. It asks for no time of its own: call `evaluate` after each check.
 * @throws VALIDATION_FAILED for a rule without a name, a metric and exactly one finite bound, a name given twice, or an option
 *   that cannot be
 * @example
 * const rules = [driftRule, { name: 'accuracy', metric: 'accuracy', min: 0.9 }]
 * const alerts = createAlerts({ rules, clock, notify: ({ rule, kind }) => console.warn(rule, kind) })
 * alerts.evaluate({ ...driftValues(drift.check()), ...performanceValues(performance.report()) })
 */
export function createAlerts(options: AlertOptions): Alerts {
  const { rules, clock, cooldownMs, escalateAfter, notify } = resolveAlertOptions(options)
  const states = new Map<AlertRule, State>(rules.map((rule) => [rule, { kind: 'quiet', toldAtMs: -Infinity }]))
  let faults = 0

  function tell(event: AlertEvent): void {
    try {
      Promise.resolve(notify(event)).catch(() => faults++)
    } catch {
      faults++
    }
  }

  function step(rule: AlertRule, value: number): AlertEvent | undefined {
    const atMs = clock.now()
    const state = states.get(rule) as State
    const severity = severityOf(rule, value)
    if (severity === undefined) {
      if (state.kind === 'quiet') return undefined
      states.set(rule, { kind: 'quiet', toldAtMs: state.toldAtMs })
      return state.isTold ? { ...state.event, kind: 'resolved', value, atMs } : undefined
    }
    const before = state.kind === 'active' ? state.event : undefined
    const violations = (before?.violations ?? 0) + 1
    const event = {
      rule: rule.name,
      metric: rule.metric,
      value,
      bound: boundOf(rule),
      severity: worst(violations >= escalateAfter ? 'critical' : severity, before?.severity),
      violations,
      sinceMs: before?.sinceMs ?? atMs,
      atMs,
    }
    const isTold = state.kind === 'active' && state.isTold
    const isWorse = before !== undefined && rank[event.severity] > rank[before.severity]
    // a time of day that was set back must not silence a rule until it comes again
    const isDue = atMs - state.toldAtMs >= cooldownMs || atMs < state.toldAtMs
    if (!isWorse && !isDue) {
      states.set(rule, { kind: 'active', event, toldAtMs: state.toldAtMs, isTold })
      return undefined
    }
    states.set(rule, { kind: 'active', event, toldAtMs: atMs, isTold: true })
    return { kind: !isTold ? 'raised' : isWorse ? 'escalated' : 'repeated', ...event }
  }

  return {
    evaluate(values) {
      if (typeof values !== 'object' || values === null) throw wrongOption('values', 'numbers by metric', values)
      const told: AlertEvent[] = []
      for (const rule of rules) {
        const value = values[rule.metric]
        if (value === undefined || Number.isNaN(value)) continue
        const event = step(rule, value)
        if (event === undefined) continue
        told.push(event)
        tell(event)
      }
      return told
    },
    get active() {
      return [...states.values()].flatMap((state) => (state.kind === 'active' ? [state.event] : []))
    },
    get faults() {
      return faults
    },
  }
}

/** Undefined where the value is within its bound. */
function severityOf({ max, min, highBeyond }: AlertRule, value: number): AlertSeverity | undefined {
  if (max !== undefined) {
    if (value <= max) return undefined
    return value > (highBeyond ?? max + 0.1 * Math.abs(max)) ? 'high' : 'medium'
  }
  const bound = min as number
  if (value >= bound) return undefined
  return value < (highBeyond ?? bound - 0.1 * Math.abs(bound)) ? 'high' : 'medium'
}

function worst(a: AlertSeverity, b: AlertSeverity = 'medium'): AlertSeverity {
  return rank[a] >= rank[b] ? a : b
}

/** There is one: the options were checked. */
function boundOf({ max, min }: AlertRule): number {
  return (max ?? min) as number
}

const ruleNames: OptionNames<AlertRule> = { name: true, metric: true, max: true, min: true, highBeyond: true }

/** A rule that is wrong would be silent for ever. */
function assertRule(rule: AlertRule, place: number): void {
  assertKnownOptions(`rules[${place}]`, rule, ruleNames)
  const { name, metric, max, min, highBeyond } = rule
  if (typeof name !== 'string' || name === '') throw wrongOption(`rules[${place}].name`, 'a name', name)
  if (typeof metric !== 'string' || metric === '')
    throw wrongOption(`rules.${name}.metric`, 'the name of a value in what evaluate is given', metric)
  if ((max === undefined) === (min === undefined) || !Number.isFinite(max ?? min))
    throw wrongOption(`rules.${name}`, 'either max or min, a number', max ?? min)
  if (highBeyond !== undefined && !(max === undefined ? highBeyond <= (min as number) : highBeyond >= max))
    throw wrongOption(`rules.${name}.highBeyond`, `a number beyond ${String(max ?? min)}`, highBeyond)
}

const optionNames = { rules: true, clock: true, cooldownMs: true, escalateAfter: true, notify: true } as const

function resolveAlertOptions(options: AlertOptions): Required<AlertOptions> {
  assertKnownOptions('', options, optionNames satisfies Record<keyof AlertOptions, true>)
  const { rules, clock, cooldownMs = 30 * 60_000, escalateAfter = 3, notify } = options
  assertClock(clock)
  if (!Array.isArray(rules) || rules.length === 0) throw wrongOption('rules', 'at least one rule', rules)
  const names = new Set<string>()
  ;(rules as readonly AlertRule[]).forEach((rule, place) => {
    assertRule(rule, place)
    if (names.has(rule.name)) throw wrongOption('rules', 'names that differ', rule.name)
    names.add(rule.name)
  })
  if (!(cooldownMs >= 0)) throw wrongOption('cooldownMs', 'a number, 0 or more', cooldownMs)
  if (!Number.isInteger(escalateAfter) || escalateAfter < 1)
    throw wrongOption('escalateAfter', 'a whole number, 1 or more', escalateAfter)
  if (typeof notify !== 'function') throw wrongOption('notify', 'a function', notify)
  return { rules, clock, cooldownMs, escalateAfter, notify }
}
