import { describe, expect, it } from 'vitest'
import { createMean, createProportion } from '../../src/monitoring/arm-outcomes.ts'
import { createExperiment, type ExperimentOptions } from '../../src/monitoring/experiment.ts'
import { outcomesNeeded, testDifference } from '../../src/monitoring/fixed-horizon-test.ts'
import { createSampleRatioTest } from '../../src/monitoring/sample-ratio.ts'
import { createSeededRandom } from '../../src/rows/seeded-random.ts'
import { createSequentialTest } from '../../src/monitoring/sequential-test.ts'

const alpha = 0.05
const runs = 500

type Source = {
  readonly outcomes: () => ReturnType<typeof createMean>
  readonly draw: (random: () => number, arm: 0 | 1) => number
  readonly effect: number
}

/** Of `runs` experiments of `perArm` pairs, looked at after each pair: how many ever saw a difference, and the pairs it took. */
function peek({ outcomes, draw, effect }: Source, perArm: number) {
  const stops: number[] = []
  let uncovered = 0
  let naive = 0
  for (let run = 0; run < runs; run++) {
    const random = createSeededRandom(run).uniform
    const [control, candidate] = [outcomes(), outcomes()]
    const test = createSequentialTest({ effect, alpha, minPerArm: 100 })
    let stop = 0
    let hasNaive = false
    let last
    for (let pair = 1; pair <= perArm; pair++) {
      control.add(draw(random, 0))
      candidate.add(draw(random, 1))
      last = test.look(control, candidate)
      if (stop === 0 && last.p <= alpha) stop = pair
      if (!hasNaive && pair >= 100 && pair % 10 === 0) hasNaive = testDifference(control, candidate, alpha).p <= alpha
    }
    if (stop > 0) stops.push(stop)
    if (hasNaive) naive++
    if (last !== undefined && (last.interval[0] > 0 || last.interval[1] < 0)) uncovered++
  }
  return { stops: stops.sort((a, b) => a - b), naive, uncovered }
}

const bernoulli = (control: number, candidate: number, effect: number): Source => ({
  outcomes: createProportion,
  draw: (random, arm) => Number(random() < (arm === 0 ? control : candidate)),
  effect,
})

/** One of fifty buys, for a few dollars or a few hundred. */
function revenue(random: () => number): number {
  return random() < 0.02 ? Math.exp(3 + 3 * (random() + random() + random() - 1.5)) : 0
}

describe('looking after every outcome', () => {
  const undisturbed: readonly (readonly [string, Source])[] = [
    ['a proportion of a half', bernoulli(0.5, 0.5, 0.05)],
    ['a proportion of a tenth', bernoulli(0.1, 0.1, 0.03)],
    ['a rare thing', bernoulli(0.02, 0.02, 0.02)],
    ['a skewed mean', { outcomes: createMean, draw: (random) => -Math.log(1 - random()), effect: 0.2 }],
  ]
  it.each(undisturbed)(
    'sees no difference of %s where there is none, but for one of twenty runs at most',
    (_title, source) => {
      const { stops, naive, uncovered } = peek(source, 2000)
      expect(stops.length).toBeLessThanOrEqual(alpha * runs)
      expect(uncovered).toBe(stops.length)
      // a test made for one look, looked at every ten pairs, would be wrong several times as often as it says
      expect(naive).toBeGreaterThan(3 * alpha * runs)
    },
  )

  /** Ninety of a hundred are in the control. */
  const lopsided: readonly (readonly [string, Source])[] = [
    ['revenues, most of them none', { outcomes: createMean, draw: revenue, effect: 1 }],
    ['a rare thing', bernoulli(0.02, 0.02, 0.01)],
  ]
  it.each(lopsided)('waits for a small arm of %s until it can be judged', (_title, { outcomes, draw, effect }) => {
    let alarms = 0
    for (let run = 0; run < 200; run++) {
      const random = createSeededRandom(run).uniform
      const arms = [outcomes(), outcomes()] as const
      const test = createSequentialTest({ effect, alpha, minPerArm: 100 })
      for (let unit = 0; unit < 4000; unit++) {
        arms[random() < 0.9 ? 0 : 1].add(draw(random, 0))
        test.look(...arms)
      }
      if (test.look(...arms).p <= alpha) alarms++
    }
    expect(alarms).toBeLessThanOrEqual(alpha * 200)
  })

  it('judges them where they are equal, and a small arm of what is not lopsided', () => {
    const at = (share: number, draw: Source['draw']) => {
      const random = createSeededRandom(3).uniform
      const arms = [createMean(), createMean()] as const
      for (let unit = 0; unit < 2000; unit++) arms[unit % 1000 < share * 1000 ? 1 : 0].add(draw(random, 0))
      return createSequentialTest({ effect: 1, alpha, minPerArm: 100 }).look(...arms).interval[0] > -Infinity
    }
    expect([at(0.5, revenue), at(0.1, revenue), at(0.1, (random) => random())]).toEqual([true, false, true])
  })

  it('finds a real difference nearly always, and mostly long before the end', () => {
    const { stops } = peek(bernoulli(0.3, 0.4, 0.1), 3000)
    expect(stops.length).toBeGreaterThan(0.97 * runs)
    expect(stops[Math.floor(stops.length / 2)]).toBeLessThan(1000)
  })

  it('has the true difference in its interval at every look, in at least 95 % of runs', () => {
    let missed = 0
    for (let run = 0; run < runs; run++) {
      const random = createSeededRandom(run).uniform
      const [control, candidate] = [createProportion(), createProportion()]
      const test = createSequentialTest({ effect: 0.05, alpha, minPerArm: 100 })
      let isInside = true
      for (let pair = 0; pair < 1500; pair++) {
        control.add(Number(random() < 0.2))
        candidate.add(Number(random() < 0.27))
        const { interval } = test.look(control, candidate)
        if (interval[0] > 0.07 || interval[1] < 0.07) isInside = false
      }
      if (!isInside) missed++
    }
    expect(missed).toBeLessThanOrEqual(alpha * runs)
  })
})

const fixed: ExperimentOptions = {
  name: 'tone',
  arms: ['control', 'candidate'],
  outcome: 'proportion',
  test: { kind: 'fixed-horizon', effect: 0.1, baseline: 0.3 },
}

describe('createExperiment', () => {
  it('gives a unit the same arm for ever', () => {
    const { assign } = createExperiment(fixed)
    expect(['ana', 'ben', 'cem', 'dua', 'eva', 'fay'].map(assign)).toEqual(
      ['ana', 'ben', 'cem', 'dua', 'eva', 'fay'].map(createExperiment(fixed).assign),
    )
    // written down: another answer would reassign everybody who is in an experiment
    expect(['ana', 'ben', 'cem', 'dua', 'eva', 'fay'].map(assign)).toMatchInlineSnapshot(`
      [
        "control",
        "candidate",
        "control",
        "control",
        "control",
        "control",
      ]
    `)
  })

  it('spreads units evenly, by any split, and anew in each experiment', () => {
    const split = [0.1, 0.2, 0.3, 0.4]
    const options = { ...fixed, arms: ['a', 'b', 'c', 'd'], split }
    const [one, other] = ['tone', 'colour'].map((name) => createExperiment({ ...options, name }))
    const units = 100_000
    const counts = new Map<string, number>()
    for (let unit = 0; unit < units; unit++) {
      const key = one.assign(`lead-${unit}`) + other.assign(`lead-${unit}`)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    let chiSquare = 0
    options.arms.forEach((a, i) =>
      options.arms.forEach((b, j) => {
        const expected = units * split[i] * split[j]
        chiSquare += ((counts.get(a + b) ?? 0) - expected) ** 2 / expected
      }),
    )
    // 15 degrees of freedom: 37.7 is passed once in a thousand times
    expect(chiSquare).toBeLessThan(37.7)
  })

  it('counts the outcomes of each arm, and finds the better one while it is looked at', () => {
    const experiment = createExperiment({ ...fixed, test: { kind: 'sequential', effect: 0.1 } })
    const random = createSeededRandom(2).uniform
    let decidedAt = 0
    for (let unit = 0; unit < 4000; unit++) {
      const arm = experiment.assign(`u${unit}`)
      expect(experiment.record(`u${unit}`, random() < (arm === 'control' ? 0.3 : 0.4))).toBe(arm)
      if (decidedAt === 0 && experiment.report().comparisons[0].decision !== 'undecided') decidedAt = unit
    }
    const report = experiment.report()
    expect(report.comparisons[0]).toMatchObject({ arm: 'candidate', decision: 'better' })
    expect(decidedAt).toBeGreaterThan(200)
    expect(report.arms.reduce((sum, { count }) => sum + count, 0)).toBe(4000)
    expect(report.sampleRatio.isMismatched).toBe(false)
  })

  it('says nothing of a difference before the horizon, and after it what it was there', () => {
    const experiment = createExperiment(fixed)
    const perArm = outcomesNeeded({ effect: 0.1, baseline: 0.3, alpha: 0.05, power: 0.8 })
    const random = createSeededRandom(4).uniform
    let unit = 0
    const next = (rate: number) =>
      experiment.record(`u${unit}`, experiment.assign(`u${unit++}`) === 'control' ? 0 : random() < rate)
    while (experiment.report().horizon?.isReached !== true) {
      expect(experiment.report().comparisons).toEqual([])
      next(0.9)
    }
    const { arms, comparisons, horizon } = experiment.report()
    expect(horizon).toEqual({ perArm, isReached: true })
    expect(Math.min(...arms.map(({ count }) => count))).toBe(perArm)
    expect(comparisons).toMatchObject([{ arm: 'candidate', decision: 'better' }])
    for (let more = 0; more < 2000; more++) next(0)
    expect(experiment.report().comparisons).toEqual(comparisons)
  })

  it('works out the horizon beforehand', () => {
    // (1.959964 + 0.841621)² · (0.1 · 0.9 + 0.12 · 0.88) ÷ 0.02² = 7.848880 · 0.1956 ÷ 0.0004 = 3838.1
    expect(outcomesNeeded({ effect: 0.02, baseline: 0.1, alpha: 0.05, power: 0.8 })).toBe(3839)
    // 7.848880 · 2 · 9 ÷ 1 = 141.3
    expect(outcomesNeeded({ effect: 1, deviation: 3, alpha: 0.05, power: 0.8 })).toBe(142)
  })

  it('has the power that it was planned with, and no more false alarms', () => {
    const found = (candidate: number) => {
      let better = 0
      for (let run = 0; run < 400; run++) {
        const random = createSeededRandom(run).uniform
        const [a, b] = [createProportion(), createProportion()]
        for (let i = outcomesNeeded({ effect: 0.1, baseline: 0.3, alpha, power: 0.8 }); i > 0; i--) {
          a.add(Number(random() < 0.3))
          b.add(Number(random() < candidate))
        }
        if (testDifference(a, b, alpha).p <= alpha) better++
      }
      return better / 400
    }
    // 0.8 and 0.05, with three standard errors
    expect(Math.abs(found(0.4) - 0.8)).toBeLessThan(0.06)
    expect(found(0.3)).toBeLessThan(0.083)
  })

  it('compares several arms with the control, at a level that they share', () => {
    const experiment = createExperiment({
      ...fixed,
      arms: ['a', 'b', 'c'],
      outcome: 'mean',
      test: { kind: 'sequential', effect: 1 },
    })
    const random = createSeededRandom(8).uniform
    for (let unit = 0; unit < 6000; unit++) {
      const mean = experiment.assign(`${unit}`) === 'c' ? -1 : 0
      experiment.record(`${unit}`, mean + 4 * (random() - 0.5))
    }
    expect(experiment.report().comparisons).toMatchObject([
      { arm: 'b', decision: 'undecided' },
      { arm: 'c', decision: 'worse' },
    ])
  })

  const wrong: readonly (readonly [string, object])[] = [
    ['arms', { arms: ['one'] }],
    ['arms', { arms: ['one', 'one'] }],
    ['split', { split: [0.5, 0.6] }],
    ['split', { split: [1, 0] }],
    ['outcome', { outcome: 'median' }],
    ['test.effect', { test: { kind: 'sequential', effect: 0 } }],
    ['test.alpha', { test: { kind: 'sequential', effect: 1, alpha: 1 } }],
    ['test.kind', { test: { kind: 'peeking', effect: 1 } }],
    ['test.baseline', { test: { kind: 'fixed-horizon', effect: 0.1 } }],
    ['test.deviation', { outcome: 'mean', test: { kind: 'fixed-horizon', effect: 0.1 } }],
    ['colour', { colour: 'blue' }],
  ]
  it.each(wrong)('refuses a wrong %s', (option, change) => {
    expect(() => createExperiment({ ...fixed, ...change } as ExperimentOptions)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        message: expect.stringContaining(`option ${option}`) as string,
      }),
    )
  })

  it('refuses what is no outcome, and counts nothing that is not known as a failure', () => {
    const experiment = createExperiment(fixed)
    for (const outcome of [0.5, NaN, 2, null, undefined, '', '1', []])
      expect(() => experiment.record('ana', outcome as never)).toThrow('expected 0, 1, false or true')
    for (const unit of ['', undefined, null, 7])
      expect(() => experiment.record(unit as never, 1)).toThrow('option unit')
    expect(experiment.report().arms.map(({ count }) => count)).toEqual([0, 0])
  })
})

describe('the sample ratio', () => {
  it('is called wrong in at most one of a thousand right experiments, however often one looks', () => {
    let alarms = 0
    for (let run = 0; run < 1000; run++) {
      const random = createSeededRandom(run).uniform
      const test = createSampleRatioTest([0.5, 0.5])
      const counts = [0, 0]
      let isMismatched = false
      for (let unit = 0; unit < 2000; unit++) {
        counts[random() < 0.5 ? 0 : 1]++
        if (unit % 50 === 0) isMismatched = test.look(counts).isMismatched
      }
      if (isMismatched) alarms++
    }
    // one is expected at most; four standard errors more
    expect(alarms).toBeLessThanOrEqual(5)
  })

  it('finds an arm that loses a tenth of its units', () => {
    const experiment = createExperiment({ ...fixed, test: { kind: 'sequential', effect: 0.1 } })
    const random = createSeededRandom(6).uniform
    for (let unit = 0; unit < 20_000; unit++)
      if (experiment.assign(`u${unit}`) === 'control' || random() < 0.9) experiment.record(`u${unit}`, 0)
    expect(experiment.report().sampleRatio.isMismatched).toBe(true)
  })
})
