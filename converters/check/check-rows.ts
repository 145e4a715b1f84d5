// A model's tables, before and after quantizing, in; a few telling rows with the oracle's answers for both out.

import type { CheckRows } from '../../src/artifact/metadata.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { nextUp } from '../fold/flip-point.ts'
import type { FeatureKnowledge } from '../quantize/feature-knowledge.ts'
import { createSeededRandom, type SeededRandom } from '../../src/rows/seeded-random.ts'
import { syntheticRows } from '../quantize/synthetic-rows.ts'

const mostRows = 32
const fewestRows = 4
/** Numbers of all rows together: some ten kilobytes of JSON that every load reads. */
const mostNumbers = 800
const seed = 3

/** Of a plausible value: as telling as all sixteen, and a third of the bytes. */
const plausibleDigits = 4

/** Of an answer: a hundred times finer than float32, to which answers are compared. */
const answerDigits = 10

/**
 * Canonical rows, always the same for one model: plausible ones, then ones that stand exactly on a flip point or on the
 * next double after it, where a wrong comparison shows.
 */
export function makeCheckRows(knowledge: readonly FeatureKnowledge[]): Float64Array[] {
  const width = Math.max(1, knowledge.length)
  const count = Math.max(fewestRows, Math.min(mostRows, Math.floor(mostNumbers / width)))
  const random = createSeededRandom(seed)
  return syntheticRows(knowledge, count, { seed }).map((drawn, index) => {
    const row = drawn.map((value) => rounded(value, plausibleDigits))
    if (index % 4 === 0) return row
    if (index === 1) return row.map((value, feature) => (canBeMissing(knowledge[feature]) ? NaN : value))
    return row.map((value, feature) => onFlipPoint(knowledge[feature], value, random))
  })
}

/** Counts of terms are always there, also of terms that no region reads. */
function canBeMissing({ feature }: FeatureKnowledge): boolean {
  return feature.missing === 'handled' && feature.of === undefined
}

function onFlipPoint({ flipPoints }: FeatureKnowledge, value: number, random: SeededRandom): number {
  if (flipPoints.length === 0 || Number.isNaN(value)) return value
  const point = flipPoints[random.integer(flipPoints.length)]
  return random.uniform() < 0.5 ? point : nextUp(point)
}

/** `exact` and `quantized` answers of the float64 oracle; rows that run out of the numbers are left out. */
export function answerCheckRows(
  rows: readonly Float64Array[],
  graphs: { readonly source: RegionGraph; readonly stored: RegionGraph },
): CheckRows {
  const answered = rows.flatMap((row) => {
    const exact = interpret(graphs.source, row)
    const quantized = interpret(graphs.stored, row)
    const isStorable = row.every((value) => Math.abs(value) !== Infinity) && [exact, quantized].every(isFloat32)
    return isStorable ? [{ row, exact, quantized }] : []
  })
  return {
    rows: answered.map(({ row }) => toJson(row)),
    exact: answered.map(({ exact }) => toJson(exact.map((value) => rounded(value, answerDigits)))),
    quantized: answered.map(({ quantized }) => toJson(quantized.map((value) => rounded(value, answerDigits)))),
  }
}

/** Backends answer in float32. */
function isFloat32(values: Float64Array): boolean {
  return values.every((value) => Math.abs(Math.fround(value)) !== Infinity)
}

function rounded(value: number, digits: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value
}

/** JSON has no NaN: null stands for it. */
function toJson(values: Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value))
}
