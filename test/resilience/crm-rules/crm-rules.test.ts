import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cosineSimilarityMatcher,
  matchFactorWeights,
} from '../../../src/resilience/crm-rules/cosine-similarity-matcher.ts'
import { crmRules } from '../../../src/resilience/crm-rules/crm-rules.ts'
import { engagementScore } from '../../../src/resilience/crm-rules/engagement-score.ts'
import { engagementThresholdPredictor } from '../../../src/resilience/crm-rules/engagement-threshold-predictor.ts'
import {
  bedroomScore,
  budgetScore,
  featureWeightedScorer,
} from '../../../src/resilience/crm-rules/feature-weighted-scorer.ts'
import { crmModelFeatures, type CrmModelName } from '../../../src/resilience/crm-rules/model-features.ts'
import { ruleBasedLeadScorer } from '../../../src/resilience/crm-rules/rule-based-lead-scorer.ts'
import { readRuleAnswer } from '../../../src/resilience/rule-answer.ts'
import type { Answer, Row } from '../../../src/rows/prediction.ts'

const answer = (rule: (typeof crmRules)[keyof typeof crmRules], row: object): Answer => rule(row) as Answer
const value = (rule: (typeof crmRules)[keyof typeof crmRules], row: object) => answer(rule, row).value
const probability = (rule: (typeof crmRules)[keyof typeof crmRules], row: object) =>
  (answer(rule, row).probabilities as readonly number[])[1]

describe('rule_based_lead_scorer', () => {
  const questions = crmModelFeatures.lead_scorer_v2.slice(0, 7)

  it.each([
    [0, 5],
    [1, 15],
    [2, 30],
    [3, 50],
    [4, 65],
    [5, 75],
    [6, 85],
    [7, 100],
  ])('scores %i answered questions %i', (count, score) => {
    const lead = Object.fromEntries(questions.map((name, i) => [name, i < count ? 1 : 0]))
    expect(value(ruleBasedLeadScorer, lead)).toBe(score)
    const backwards = Object.fromEntries(questions.map((name, i) => [name, i >= 7 - count]))
    expect(value(ruleBasedLeadScorer, backwards)).toBe(score)
  })

  it('asks nothing of behaviour', () => {
    expect(value(ruleBasedLeadScorer, [1, 1, 0, 0, 0, 0, 0, 100, 1, 40])).toBe(30)
  })
})

describe('cosine_similarity_matcher', () => {
  it('holds factors worth 1 in all', () => {
    expect(Object.values(matchFactorWeights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
  })

  it.each([
    // c = ½ everywhere: Σ w·c = ½, Σ w·c² = ¼, cosine ½ ÷ √¼ = 1, (1 + 1) ÷ 2
    ['the ideal listing', new Array<number>(15).fill(1), 1],
    // c = −½ everywhere: cosine −1
    ['its opposite', new Array<number>(15).fill(0), 0],
    ['a listing of which nothing is known', new Array<number>(15).fill(0.5), 0.5],
    // the direction counts, not the length: c = 0.1 everywhere, 0.1 ÷ √0.01 = 1
    ['a listing a little good in everything', new Array<number>(15).fill(0.6), 1],
    // c = ½ for budget alone: Σ w·c = 0.2 · ½ = 0.1, Σ w·c² = 0.2 · ¼ = 0.05, cosine 0.1 ÷ √0.05 = 0.4472135955
    ['a price that suits and no more', [1, ...new Array<number>(14).fill(0.5)], 0.72360679775],
    // c = ½ for budget, −½ for location: 0.1 − 0.075 = 0.025; 0.05 + 0.0375 = 0.0875; 0.025 ÷ √0.0875 = 0.0845154255
    ['a price that suits in the wrong place', [1, 0, ...new Array<number>(13).fill(0.5)], 0.54225771274],
  ])('gives %s its cosine', (_title, row, expected) => {
    expect(value(cosineSimilarityMatcher, row)).toBeCloseTo(expected, 9)
  })

  it('reads a missing factor as neutral', () => {
    const known = { budget: 1, location: 0 }
    const rest = Object.fromEntries(crmModelFeatures.property_matcher_v3.slice(2).map((name) => [name, 0.5]))
    expect(value(cosineSimilarityMatcher, known)).toBe(value(cosineSimilarityMatcher, { ...known, ...rest }))
  })
})

describe('engagement_threshold_predictor', () => {
  const lead = {
    days_since_last_interaction: 12,
    interactions_7d: 0,
    interactions_14d: 3,
    interactions_30d: 15,
    response_rate_7d: 0.2,
    response_rate_14d: 0.4,
    response_rate_30d: 0.5,
    engagement_trend: -0.4,
    stage_stagnation_days: 9,
  }

  it.each([
    // 30 · 12/30 + 25 · (7 − 0)/7 + 20 · (1 − 0.2) + 15 · 0.4 + 10 · 9/30 = 12 + 25 + 16 + 6 + 3 = 62
    [7, 0.62, 1],
    // 12 + 25 · (14 − 3)/14 + 20 · 0.6 + 6 + 3 = 12 + 19.642857142857 + 12 + 6 + 3 = 52.642857142857
    [14, 0.52642857142857, 1],
    // 12 + 25 · (21 − 15)/21 + 20 · 0.5 + 6 + 3 = 12 + 7.142857142857 + 10 + 6 + 3 = 38.142857142857
    [30, 0.38142857142857, 0],
  ])('adds up the risk of %i days', (horizon_days, expected, label) => {
    const got = answer(engagementThresholdPredictor, { horizon_days, ...lead })
    expect((got.probabilities as readonly number[])[1]).toBeCloseTo(expected, 12)
    expect(got.label).toBe(label)
  })

  it('lets a rising trend neither help nor harm', () => {
    const risk = (engagement_trend: number) => probability(engagementThresholdPredictor, { ...lead, engagement_trend })
    expect(risk(0.9)).toBe(risk(0))
    expect(risk(-0.1) - risk(0)).toBeCloseTo(0.015, 12)
  })

  it('reads a lead of whom nothing is known as the engine does', () => {
    // 30 · 7/30 + 25 · (14 − 2)/14 + 20 · (1 − 0.5) + 0 + 10 · 3/30 = 7 + 21.428571428571 + 10 + 1 = 39.428571428571
    expect(probability(engagementThresholdPredictor, {})).toBeCloseTo(0.39428571428571, 12)
  })

  it('is lost for sure where all is at its worst', () => {
    expect(probability(engagementThresholdPredictor, [7, 90, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 90])).toBe(1)
  })

  it.each([
    [1, 7],
    [10, 14],
    [21, 30],
    [365, 30],
  ])('reads a horizon of %i days as %i', (asked, window) => {
    expect(answer(engagementThresholdPredictor, { ...lead, horizon_days: asked })).toEqual(
      answer(engagementThresholdPredictor, { ...lead, horizon_days: window }),
    )
  })
})

describe('feature_weighted_scorer', () => {
  it.each([
    [0.5, 0.95],
    [0.9, 0.95],
    [0.95, 0.9],
    [1, 0.9],
    [1.04, 0.7],
    [1.1, 0.4],
    // 0.3 − 0.5 · 0.2
    [1.2, 0.2],
    // 0.3 − 0.5 · 0.6
    [1.6, 0],
    [9, 0],
  ])('holds a price of %f of the budget worth %f', (ratio, worth) => {
    expect(budgetScore(ratio)).toBeCloseTo(worth, 12)
  })

  it.each([
    [2, 1],
    [0, 1],
    [-1, 0.5],
    [-2, 0],
  ])('holds %i bedrooms more than wanted worth %f', (gap, worth) => {
    expect(bedroomScore(gap)).toBe(worth)
  })

  it('weighs the four', () => {
    const row = { budget_ratio: 1.04, location_match: 0.8, bedroom_gap: -1, type_match: 1 }
    // 0.4 · 0.7 + 0.3 · 0.8 + 0.2 · 0.5 + 0.1 · 1 = 0.28 + 0.24 + 0.1 + 0.1
    expect(value(featureWeightedScorer, row)).toBeCloseTo(0.72, 12)
  })

  it('is neutral where nothing is known', () => {
    expect(value(featureWeightedScorer, {})).toBeCloseTo(0.5, 12)
  })
})

describe('engagement_score', () => {
  it('is the mean of the four', () => {
    const lead = { interactions: 12, interactions_per_active_day: 2, property_views: 30, days_idle: 3 }
    // (12/20 + 2/5 + 1 + (1 − 3/30)) ÷ 4 = (0.6 + 0.4 + 1 + 0.9) ÷ 4 = 0.725
    expect(probability(engagementScore, lead)).toBeCloseTo(0.725, 12)
    expect(answer(engagementScore, lead).label).toBe(1)
  })

  it('reads a lead of whom nothing is known by the defaults', () => {
    // (4/20 + 1/5 + 3/10 + (1 − 7/30)) ÷ 4 = (0.2 + 0.2 + 0.3 + 0.766666666667) ÷ 4 = 0.366666666667
    expect(probability(engagementScore, {})).toBeCloseTo(0.366666666667, 11)
    expect(answer(engagementScore, {}).label).toBe(0)
  })
})

const modelOf: Readonly<Record<keyof typeof crmRules, CrmModelName>> = {
  rule_based_lead_scorer: 'lead_scorer_v2',
  cosine_similarity_matcher: 'property_matcher_v3',
  engagement_threshold_predictor: 'churn_predictor_v2',
  feature_weighted_scorer: 'property_interest_predictor_v2',
  engagement_score: 'viewing_probability_predictor_v2',
}

describe.each(Object.entries(modelOf) as [keyof typeof crmRules, CrmModelName][])('%s', (name, model) => {
  const features = crmModelFeatures[model]
  const isClassifier = model === 'churn_predictor_v2' || model === 'viewing_probability_predictor_v2'
  const schema = {
    features: [],
    ...(isClassifier
      ? { classes: [0, 1], outputs: ['label', 'probabilities'] as const }
      : { outputs: ['value'] as const }),
  }
  const most = model === 'lead_scorer_v2' ? 100 : 1
  const odd = fc.oneof(
    fc.double(),
    fc.double({ min: -2, max: 2, noNaN: true }),
    fc.constantFrom<unknown>(
      null,
      undefined,
      NaN,
      Infinity,
      -Infinity,
      -0,
      true,
      false,
      '',
      '3',
      10n,
      {},
      [],
      Symbol('s'),
    ),
  )
  const rows: readonly (readonly [string, fc.Arbitrary<Row>])[] = [
    ['objects', fc.dictionary(fc.constantFrom(...features, 'stranger'), odd)],
    ['arrays', fc.array(odd, { maxLength: features.length + 2 })],
    ['float64 arrays', fc.float64Array({ maxLength: features.length + 2 })],
    ['float32 arrays', fc.float32Array({ maxLength: features.length + 2 })],
    ['int32 arrays', fc.int32Array({ maxLength: features.length + 2 })],
  ]

  it.each(rows)('answers any %s on the scale of its model', (_kind, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (row) => {
        const given = readRuleAnswer(crmRules[name](row), schema)
        const numbers = isClassifier ? given.probabilities : [given.value]
        for (const number of numbers as readonly number[]) {
          expect(number).toBeGreaterThanOrEqual(0)
          expect(number).toBeLessThanOrEqual(most)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('reads the same row alike as object, array and typed array', () => {
    const array = features.map((_, i) => (i * 0.37) % 1)
    const object = Object.fromEntries(features.map((feature, i) => [feature, array[i]]))
    const expected = crmRules[name](object)
    expect(crmRules[name](array)).toEqual(expected)
    expect(crmRules[name](Float64Array.from(array))).toEqual(expected)
  })
})
