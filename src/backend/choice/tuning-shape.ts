// What somebody may have written into a file in; the timings that it holds out, or nothing where it is not exactly that.

import { candidateNames } from './candidates.ts'
import type { Timing } from './timing.ts'
import type { Tuning, TunedGraph } from './tuning.ts'

/** A check runs a handful of sizes, and so does what is timed after it. */
const mostTimings = 64

/** By hand, since this lies on the way to a model's first answer. */
export function parseTuning(value: unknown): Tuning | undefined {
  if (!isRecord(value)) return undefined
  const { kernel, graph, graphs } = value
  if (!isTimings(kernel) || !Array.isArray(graphs) || graphs.length > candidateNames.length) return undefined
  const parsed = graphs.map(parseGraph)
  const known = parsed.filter((one) => one !== undefined)
  if (known.length < parsed.length || new Set(known.map(({ name }) => name)).size < known.length) return undefined
  const compared = known.find(({ name, timings }) => name === graph && timings !== undefined)
  if (graph !== undefined && compared === undefined) return undefined
  return { kernel, ...(compared && { graph: compared.name }), graphs: known }
}

function parseGraph(value: unknown): TunedGraph | undefined {
  if (!isRecord(value)) return undefined
  const { name: given, timings } = value
  const name = candidateNames.find((one) => one === given)
  if (name === undefined || name === 'kernel') return undefined
  if (timings === undefined) return { name }
  return isTimings(timings) ? { name, timings } : undefined
}

/** Smallest size first, as they were written. */
function isTimings(value: unknown): value is readonly Timing[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > mostTimings) return false
  return value.every((timing: unknown, i) => {
    if (!isRecord(timing)) return false
    const { rowCount, microsPerRow } = timing
    const before = i === 0 ? 0 : (value[i - 1] as Timing).rowCount
    const isCount = Number.isSafeInteger(rowCount) && (rowCount as number) > before
    return isCount && typeof microsPerRow === 'number' && microsPerRow >= 0 && microsPerRow < Infinity
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
