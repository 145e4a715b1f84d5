// Units to be assigned to arms and what came of them in; which arm is better, said only when it can be, out.

import { assertKnownOptions, wrongOption } from '../runtime/known-options.ts'
import { type ArmOutcomes, createMean, createProportion } from './arm-outcomes.ts'
import { type Horizon, outcomesNeeded, testDifference } from './fixed-horizon-test.ts'
import { createSampleRatioTest } from './sample-ratio.ts'
import { createSequentialTest, type DifferenceTest } from './sequential-test.ts'
import { stableHash } from './stable-hash.ts'

export type ExperimentTest =
  /**
   * May be looked at after every outcome, and ended at any time. It says nothing before each arm has `minPerArm` outcomes, and
   * none while outcomes are lopsided, as revenues and rare events are, and one arm is too small for them beside the other:
   * equal arms are quickest. @default alpha 0.05, minPerArm 100
   */
  | { readonly kind: 'sequential'; readonly effect: number; readonly alpha?: number; readonly minPerArm?: number }
  /** Says nothing before each arm has the outcomes that it needs, and then once. @default alpha 0.05, power 0.8 */
  | ({ readonly kind: 'fixed-horizon' } & Omit<Horizon, 'alpha' | 'power'> & Partial<Pick<Horizon, 'alpha' | 'power'>>)

export type ExperimentOptions = {
  /** Assignments of experiments of other names have nothing to do with each other. */
  readonly name: string
  /** The first is the control, to which each other is compared. */
  readonly arms: readonly string[]
  /** Share of each arm. @default equal */
  readonly split?: readonly number[]
  /** @default 0 */
  readonly seed?: number
  /** Whether outcomes are 0 and 1, or of any size. */
  readonly outcome: 'proportion' | 'mean'
  readonly test: ExperimentTest
}

/** Of one arm with the control. */
export type Comparison = DifferenceTest & {
  readonly arm: string
  /** `better`: its mean is higher than the control's; all decisions together are wrong with a chance of at most α. */
  readonly decision: 'better' | 'worse' | 'undecided'
}

/** As things stand; plain JSON. */
export type ExperimentReport = {
  readonly name: string
  readonly arms: readonly { readonly name: string; readonly count: number; readonly mean: number }[]
  /** p of the counts under the split; mismatched at 0.001: then nothing else here can be trusted. */
  readonly sampleRatio: { readonly p: number; readonly isMismatched: boolean }
  /** Of a fixed horizon: outcomes that each arm needs, and whether they are there. */
  readonly horizon?: { readonly perArm: number; readonly isReached: boolean }
  /** Empty before the horizon. */
  readonly comparisons: readonly Comparison[]
}

export type Experiment = {
  /** The unit's arm: the same in every process. @throws VALIDATION_FAILED for what is no text, or an empty one */
  assign(unit: string): string
  /**
   * Counts what came of a unit, once a unit, to its arm, which it returns.
   * @throws VALIDATION_FAILED for an outcome or a unit that is none, such as one that is not known yet
   */
  record(unit: string, outcome: number | boolean): string
  report(): ExperimentReport
}

/**
 * An A/B test. A unit's arm is MurmurHash3_x86_32 of `name`, a zero and the unit, with the seed, as a share of 2³².
 * Memory is that of a few sums an arm, whatever it counts.
 * @throws VALIDATION_FAILED for an option that cannot be
 * @example
 * const test = { kind: 'sequential', effect: 0.02 }
 * const experiment = createExperiment({ name: 'scorer', arms: ['2.0.0', '2.1.0'], outcome: 'proportion', test })
 * experiment.record(leadId, hasBought)
 */
export function createExperiment(options: ExperimentOptions): Experiment {
  const { name, arms, split, seed, outcome, test } = resolveExperimentOptions(options)
  const perArm = test.kind === 'fixed-horizon' ? outcomesNeeded(test) : Infinity
  const outcomes = arms.map(() => (outcome === 'proportion' ? createProportion() : createMean()))
  const counts = arms.map(() => 0)
  const ratio = createSampleRatioTest(split)
  const sequential = arms.slice(1).map(() => (test.kind === 'sequential' ? createSequentialTest(test) : undefined))

  function armOf(unit: string): number {
    // whoever is not known would all be in one arm
    if (typeof unit !== 'string' || unit === '') throw wrongOption('unit', 'a text that is not empty', unit)
    const place = stableHash(`${name}\0${unit}`, seed) / 4294967296
    let end = 0
    for (let arm = 0; arm < arms.length - 1; arm++) {
      end += split[arm]
      if (place < end) return arm
    }
    return arms.length - 1
  }

  const compare = (arm: number, look: (control: ArmOutcomes, candidate: ArmOutcomes) => DifferenceTest): Comparison => {
    const compared = look(outcomes[0], outcomes[arm])
    const [low, high] = compared.interval
    // both at once: the difference has turned round meanwhile, and there is no one answer
    const decision = low > 0 === high < 0 ? 'undecided' : low > 0 ? 'better' : 'worse'
    return { arm: arms[arm], ...compared, decision }
  }

  return {
    assign: (unit) => arms[armOf(unit)],
    record(unit, given) {
      const value = typeof given === 'boolean' ? Number(given) : given
      if (!Number.isFinite(value) || (outcome === 'proportion' && value !== 0 && value !== 1))
        throw wrongOption('outcome', outcome === 'proportion' ? '0, 1, false or true' : 'a finite number', given)
      const arm = armOf(unit)
      counts[arm]++
      // what lies behind the horizon would let whoever waits choose the sample
      if (outcomes[arm].count < perArm) outcomes[arm].add(value)
      if (arm === 0) sequential.forEach((one, i) => one?.look(outcomes[0], outcomes[i + 1]))
      else sequential[arm - 1]?.look(outcomes[0], outcomes[arm])
      return arms[arm]
    },
    report() {
      const isReached = outcomes.every(({ count }) => count >= perArm)
      const others = arms.slice(1).map((_, i) => i + 1)
      return {
        name,
        arms: arms.map((arm, i) => ({ name: arm, count: counts[i], mean: outcomes[i].mean })),
        sampleRatio: ratio.look(counts),
        ...(test.kind === 'fixed-horizon' ? { horizon: { perArm, isReached } } : {}),
        comparisons: others.flatMap((arm) => {
          const one = sequential[arm - 1]
          if (one !== undefined) return compare(arm, one.look)
          return isReached ? compare(arm, (control, candidate) => testDifference(control, candidate, test.alpha)) : []
        }),
      }
    },
  }
}

const optionNames = { name: true, arms: true, split: true, seed: true, outcome: true, test: true } as const

/** α is shared among the comparisons (Bonferroni). */
function resolveExperimentOptions(options: ExperimentOptions) {
  assertKnownOptions('', options, optionNames satisfies Record<keyof ExperimentOptions, true>)
  const { name, arms, seed = 0, outcome, test } = options
  if (typeof name !== 'string' || name === '') throw wrongOption('name', 'a name', name)
  if (!Array.isArray(arms) || arms.length < 2 || new Set(arms).size < arms.length)
    throw wrongOption('arms', 'at least two names that differ', arms)
  const split = options.split ?? arms.map(() => 1 / arms.length)
  const sum = split.reduce((total, share) => total + share, 0)
  // room for the rounding of shares such as a third
  if (split.length !== arms.length || split.some((share) => !(share > 0)) || Math.abs(sum - 1) > 1e-9)
    throw wrongOption('split', `${arms.length} shares above 0 whose sum is 1`, split)
  if (outcome !== 'proportion' && outcome !== 'mean') throw wrongOption('outcome', "'proportion' or 'mean'", outcome)
  const { effect, alpha = 0.05 } = test
  if (!(effect > 0)) throw wrongOption('test.effect', 'a difference above 0', effect)
  if (!(alpha > 0 && alpha < 1)) throw wrongOption('test.alpha', 'a number between 0 and 1', alpha)
  const shared = alpha / (arms.length - 1)
  if (test.kind === 'sequential') {
    const { minPerArm = 100 } = test
    if (!(minPerArm >= 2)) throw wrongOption('test.minPerArm', 'a number, 2 or more', minPerArm)
    return { name, arms, split, seed, outcome, test: { ...test, minPerArm, alpha: shared } }
  }
  if (test.kind !== 'fixed-horizon') throw wrongOption('test.kind', "'sequential' or 'fixed-horizon'", test)
  const { power = 0.8, baseline, deviation } = test
  if (!(power > 0 && power < 1)) throw wrongOption('test.power', 'a number between 0 and 1', power)
  if (outcome === 'proportion' && !(baseline !== undefined && baseline >= 0 && baseline <= 1))
    throw wrongOption('test.baseline', 'the proportion that the control is expected to have', baseline)
  if (outcome === 'mean' && !(deviation !== undefined && deviation > 0))
    throw wrongOption('test.deviation', 'the standard deviation of an outcome', deviation)
  const known = outcome === 'proportion' ? { baseline } : { deviation }
  return { name, arms, split, seed, outcome, test: { kind: test.kind, effect, power, alpha: shared, ...known } }
}
