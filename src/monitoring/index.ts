// Public exports of `tfjs-serving/monitoring`, nothing else.

export { holmAdjusted } from './holm.ts'
export type { Interval } from './interval.ts'
export { type KsTest, kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
export { populationStability } from './population-stability.ts'
export { createSeededRandom, type Random } from './seeded-random.ts'
