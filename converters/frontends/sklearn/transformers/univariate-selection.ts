// A fitted selector by univariate scores in; the columns that it keeps out.

import { describeValue, type EstimatorReader, toNumber } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { keepColumns } from './column-selectors.ts'

const ignored = { score_func: 'fitted into scores_ and pvalues_' }
const takes = { nan: false, infinite: false }

/** What a selector keeps by, as scikit-learn 1.9, feature_selection/_univariate_selection.py, has it. */
const modes = {
  k_best: (reader, parameter) => {
    const scores = readScores(reader)
    const k = reader.value(parameter)
    if (k === 'all') return scores.map(() => true)
    const count = toNumber(k) ?? reader.fail(parameter, 'a number or all')
    const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b] || a - b)
    // a negative start of a slice; none and more than there are is all, but for k = 0
    const kept = new Set(count === 0 ? [] : order.slice(-Math.trunc(count)))
    return scores.map((_, i) => kept.has(i))
  },
  percentile: (reader, parameter) => {
    const scores = readScores(reader)
    const percentile = reader.finite(parameter)
    if (percentile === 100) return scores.map(() => true)
    if (percentile === 0) return scores.map(() => false)
    const threshold = percentileOf(scores, 100 - percentile)
    const above = scores.map((score) => score > threshold)
    const most = Math.trunc((scores.length * percentile) / 100)
    let room = most - above.filter(Boolean).length
    const ties = scores.filter((score) => score === threshold).length
    // a slice to a negative end, as the source takes it, leaves that many of the last ones out
    if (room < 0) room = Math.max(0, ties + room)
    return scores.map((score, i) => above[i] || (score === threshold && room-- > 0))
  },
  fpr: (reader, parameter) => {
    const alpha = reader.finite(parameter)
    return readPValues(reader).map((p) => p < alpha)
  },
  fdr: (reader, parameter) => {
    const alpha = reader.finite(parameter)
    const pValues = readPValues(reader)
    const sorted = pValues.toSorted((a, b) => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b))
    const selected = sorted.filter((p, i) => p <= (alpha / pValues.length) * (i + 1))
    const most = selected.at(-1)
    return pValues.map((p) => most !== undefined && p <= most)
  },
  fwe: (reader, parameter) => {
    const alpha = reader.finite(parameter)
    const pValues = readPValues(reader)
    return pValues.map((p) => p < alpha / pValues.length)
  },
} as const satisfies Readonly<Record<string, (reader: EstimatorReader, parameter: string) => boolean[]>>

function selector(name: string, mode: keyof typeof modes, parameter: string) {
  return defineEstimator({
    names: [name],
    role: 'transformer',
    notes: 'any score function',
    reads: [parameter, 'scores_', 'pvalues_'],
    ignored,
    transform(reader, input, scope) {
      return keepColumns(modes[mode](reader, parameter), input, { reader, scope, takes })
    },
  })
}

export const univariateSelectors = [
  selector('SelectKBest', 'k_best', 'k'),
  selector('SelectPercentile', 'percentile', 'percentile'),
  selector('SelectFpr', 'fpr', 'alpha'),
  selector('SelectFdr', 'fdr', 'alpha'),
  selector('SelectFwe', 'fwe', 'alpha'),
  defineEstimator({
    names: ['GenericUnivariateSelect'],
    role: 'transformer',
    notes: 'every mode, any score function',
    reads: ['mode', 'param', 'scores_', 'pvalues_'],
    ignored,
    transform(reader, input, scope) {
      const mode = reader.string('mode')
      if (!Object.hasOwn(modes, mode))
        throw unsupported(reader.place, `mode=${mode}`, `Supported are ${Object.keys(modes).join(', ')}.`)
      return keepColumns(modes[mode as keyof typeof modes](reader, 'param'), input, { reader, scope, takes })
    },
  }),
]

/** NaN counts as the least double. */
function readScores(reader: EstimatorReader): number[] {
  return Array.from(reader.numbers('scores_'), (score) => (Number.isNaN(score) ? -Number.MAX_VALUE : score))
}

function readPValues(reader: EstimatorReader): number[] {
  if (reader.value('pvalues_') === null)
    throw reader.corrupt('pvalues_', 'a vector of numbers', describeValue(reader.value('pvalues_')))
  return Array.from(reader.numbers('pvalues_'))
}

/** numpy.percentile, linear between neighbours (numpy 2.4, lib/_function_base_impl.py, `_lerp`). */
function percentileOf(values: readonly number[], percentile: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (percentile / 100) * (sorted.length - 1)
  const low = Math.min(Math.max(0, Math.floor(at)), sorted.length - 1)
  const [a, b] = [sorted[low], sorted[Math.min(low + 1, sorted.length - 1)]]
  const share = at - low
  if (a === b) return a
  return share >= 0.5 ? b - (b - a) * (1 - share) : a + (b - a) * share
}
