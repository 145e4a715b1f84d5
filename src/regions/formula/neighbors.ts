// The formula `neighbors`: what the points nearest to a row say: shares of classes, mean targets, or how far out it lies.

import { assertFinite, assertIntegers, assertLength } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, finiteField, integerField, numbersField, tableField } from './field.ts'
import { metricNames } from './metric.ts'
import { weighByDistance } from './nearest-heap.ts'
import { createNeighborSearch, type NeighborSearch } from './neighbor-search.ts'

/** Real trees have leaves of 10 to 100 points; more than this is brute force. */
const largestLeaf = 1_000_000_000

export const neighbors = defineFormula({
  kind: 'neighbors',
  fields: {
    search: choiceField('brute', 'kd-tree', 'ball-tree'),
    leafSize: integerField(1, largestLeaf),
    metric: choiceField(...metricNames),
    /** Of the metric `minkowski`. */
    power: finiteField,
    count: integerField(1),
    /** `distance`: a neighbour counts 1 / distance, and those at no distance, where there are any, alone. */
    weights: choiceField('uniform', 'distance'),
    /**
     * `shares`: of each column of targets, which are class numbers, one output a class. `means`: of each column of targets.
     * `outlier`: minus the local outlier factor; targets are how far each point's last neighbour is, and its density.
     */
    answer: choiceField('shares', 'means', 'outlier'),
    /** Of each column of targets, for `shares`. */
    classCounts: numbersField,
    /** [points, inputs] */
    points: tableField,
    /** [points, targets] */
    targets: tableField,
  },
  verify({ inputs, search, metric, power, count, answer, classCounts, points, targets }, fail) {
    if (points.columns !== inputs.length) fail('points', `must have ${inputs.length} columns, got ${points.columns}`)
    assertFinite(fail, 'points', points.values)
    if (!(power > 0)) fail('power', `must be above 0, got ${power}`)
    if (search === 'kd-tree' && !['euclidean', 'manhattan', 'chebyshev', 'minkowski'].includes(metric))
      fail('metric', `must be one of boxes, got ${metric}`)
    const pointCount = points.values.length / points.columns
    if (count > pointCount) fail('count', `must be no more than ${pointCount} points, got ${count}`)
    assertLength(fail, 'targets', targets.values, pointCount * targets.columns)
    assertFinite(fail, 'targets', targets.values)
    assertLength(fail, 'classCounts', classCounts, answer === 'shares' ? targets.columns : 0)
    if (answer === 'outlier') {
      if (targets.columns !== 2) fail('targets', `must have 2 columns, got ${targets.columns}`)
      return 1
    }
    if (answer === 'means') return targets.columns
    assertIntegers(fail, 'classCounts', classCounts, [1, Number.MAX_SAFE_INTEGER])
    for (let i = 0; i < targets.values.length; i++) {
      const most = classCounts[i % targets.columns] - 1
      if (!Number.isInteger(targets.values[i]) || targets.values[i] < 0 || targets.values[i] > most)
        fail('targets', `must hold class numbers of 0 … ${most}, got ${targets.values[i]} at ${i}`)
    }
    return classCounts.reduce((sum, classes) => sum + classes, 0)
  },
  compile(region) {
    const { answer, weights, targets } = region
    const found = createNeighborSearch(region)
    if (answer === 'outlier') return outlierFunction(found, targets.values)
    const weight = new Float64Array(region.count)
    const weigh = (): void => {
      if (weights === 'uniform') return void weight.fill(1)
      for (let n = 0; n < weight.length; n++) weight[n] = found.metric.toDistance(found.reduced[n])
      weighByDistance(weight)
    }
    const say = answer === 'means' ? meansFunction(region, found, weight) : sharesFunction(region, found, weight)
    return (input, output) => {
      found.find(input)
      weigh()
      say(output)
    }
  },
  describe: ({ answer, count, metric, search, points }) =>
    `${answer} of ${count} nearest of ${points.values.length / points.columns} points, ${metric}, ${search}`,
})

type Voters = {
  readonly classCounts: readonly number[]
  readonly targets: { readonly values: Float64Array; readonly columns: number }
}

function sharesFunction(
  { classCounts, targets: { values, columns } }: Voters,
  { indices }: NeighborSearch,
  weight: Float64Array,
) {
  const starts = classCounts.map((_, t) => classCounts.slice(0, t).reduce((sum, classes) => sum + classes, 0))
  return (output: Float64Array): void => {
    output.fill(0)
    for (let t = 0; t < columns; t++) {
      let sum = 0
      for (let n = 0; n < weight.length; n++) {
        output[starts[t] + values[indices[n] * columns + t]] += weight[n]
        sum += weight[n]
      }
      if (sum > 0) for (let k = starts[t]; k < starts[t] + classCounts[t]; k++) output[k] /= sum
    }
  }
}

function meansFunction({ targets: { values, columns } }: Voters, { indices }: NeighborSearch, weight: Float64Array) {
  return (output: Float64Array): void => {
    for (let t = 0; t < columns; t++) {
      let [sum, total] = [0, 0]
      for (let n = 0; n < weight.length; n++) {
        sum += weight[n] * values[indices[n] * columns + t]
        total += weight[n]
      }
      output[t] = sum / total
    }
  }
}

/** sklearn/neighbors/_lof.py of 1.9.1, `score_samples`. */
function outlierFunction(found: NeighborSearch, targets: Float64Array) {
  const { indices, reduced, metric } = found
  const count = indices.length
  return (input: Float64Array, output: Float64Array): void => {
    found.find(input)
    let [reach, density] = [0, 0]
    for (let n = 0; n < count; n++) {
      reach += Math.max(metric.toDistance(reduced[n]), targets[2 * indices[n]])
      density += targets[2 * indices[n] + 1]
    }
    output[0] = -(density / count) * (reach / count + 1e-10)
  }
}
