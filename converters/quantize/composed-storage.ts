// The weights of a model of several regions and a way to measure its answers in; the smallest storage of each that
// together keep the answers out.

import type { RegionGraph } from '../../src/regions/region.ts'
import type { AnswerShift } from './answer-shift.ts'
import type { ComposedPart } from './composed-parts.ts'

export type ChosenForm = {
  /** Position among the part's forms, and whether it is the last. */
  readonly level: number
  readonly isWidest: boolean
  /** Why a smaller form was not taken. */
  readonly escalated?: string
}

export type ComposedOptions = {
  /** What the answers of the whole model do with parts stored so. */
  readonly measure: (stored: RegionGraph) => AnswerShift
  /** First form of each part to consider. */
  readonly firstLevel: number
  /** Why those before were refused. */
  readonly refusal: string
}

/** Parts of which each is measured alone; more take too long, and grow together. */
const mostMeasuredAlone = 24

/**
 * Of the bar, what all parts together may use: the rows that answers are measured on are made up, and real ones were found
 * to move answers by up to 1.3 times as much.
 */
const mostUse = 0.6

/** Share of the parts that grow in one round at least, so that there are few rounds. */
const leastShare = 1 / 4

/**
 * All parts begin with their smallest form. While answers move too far, the parts that move them most when they alone are
 * stored so take their next form, until what the others do adds up to no more than is allowed.
 */
export function chooseComposed(
  graph: RegionGraph,
  parts: readonly ComposedPart[],
  { measure, firstLevel, refusal }: ComposedOptions,
): readonly ChosenForm[] {
  const levels = parts.map(({ forms }) => Math.min(firstLevel, forms.length - 1))
  const reasons = parts.map(({ forms }, at): string[] =>
    levels[at] > 0 ? [`${forms[levels[at] - 1].name}: ${refusal}`] : [],
  )
  const isOpen = (at: number): boolean => levels[at] < parts[at].forms.length - 1
  const known = new Map<string, AnswerShift>()
  const alone = (at: number): AnswerShift => {
    const key = `${at}:${levels[at]}`
    const shift = known.get(key) ?? measure(place(graph, parts, at, levels[at]))
    known.set(key, shift)
    return shift
  }
  while (parts.some((_, at) => isOpen(at))) {
    const shift = measure(parts.reduce((made, _, at) => place(made, parts, at, levels[at]), graph))
    if (shift.barUse <= mostUse) break
    const open = parts.flatMap((_, at) => (isOpen(at) ? [at] : []))
    const shifts = new Map(open.map((at) => [at, open.length > mostMeasuredAlone ? shift : alone(at)]))
    for (const at of mostFelt(open, shifts)) {
      const { barUse, text } = shifts.get(at) ?? shift
      reasons[at].push(
        `${parts[at].forms[levels[at]].name}: ${barUse > mostUse ? text : `with others so, ${shift.text}`}`,
      )
      levels[at]++
    }
  }
  return parts.map(({ forms }, at) => ({
    level: levels[at],
    isWidest: levels[at] === forms.length - 1,
    ...(reasons[at].length > 0 && { escalated: reasons[at].join('; ') }),
  }))
}

function place(graph: RegionGraph, parts: readonly ComposedPart[], at: number, level: number): RegionGraph {
  const { region, forms } = parts[at]
  return { ...graph, regions: graph.regions.map((each, index) => (index === region ? forms[level].place(each) : each)) }
}

/** Those that move answers most, so many that the rest adds up to no more than may be used. */
function mostFelt(open: readonly number[], shifts: ReadonlyMap<number, AnswerShift>): readonly number[] {
  const use = (at: number): number => shifts.get(at)?.barUse ?? 0
  const sorted = [...open].sort((a, b) => use(b) - use(a) || a - b)
  let rest = sorted.reduce((sum, at) => sum + use(at), 0)
  // Infinity less infinity is no number: what remains is added up anew.
  let count = 0
  while (count < sorted.length && (count < Math.max(1, leastShare * sorted.length) || rest > mostUse)) {
    count++
    rest = sorted.slice(count).reduce((sum, at) => sum + use(at), 0)
  }
  return sorted.slice(0, count)
}
