// The formula `radius-neighbors`: what all points within a distance of a row say: shares of classes, or mean targets.

import { assertFinite, assertIntegers, assertLength } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, finiteField, numbersField, tableField } from './field.ts'
import { createMetric, metricNames } from './metric.ts'

export const radiusNeighbors = defineFormula({
  kind: 'radius-neighbors',
  fields: {
    metric: choiceField(...metricNames),
    /** Of the metric `minkowski`. */
    power: finiteField,
    radius: finiteField,
    /** `distance`: a neighbour counts 1 / distance, and those at no distance, where there are any, alone. */
    weights: choiceField('uniform', 'distance'),
    /** Of each column of targets, which are class numbers, how many classes there are; empty for means of targets. */
    classCounts: numbersField,
    /** Of each column of targets the class of a row without neighbours; NaN where it has no answer, as means have none. */
    lonely: numbersField,
    /** [points, inputs] */
    points: tableField,
    /** [points, targets] */
    targets: tableField,
  },
  verify({ inputs, power, classCounts, lonely, points, targets }, fail) {
    if (points.columns !== inputs.length) fail('points', `must have ${inputs.length} columns, got ${points.columns}`)
    assertFinite(fail, 'points', points.values)
    if (!(power > 0)) fail('power', `must be above 0, got ${power}`)
    assertLength(fail, 'targets', targets.values, (points.values.length / points.columns) * targets.columns)
    assertFinite(fail, 'targets', targets.values)
    if (classCounts.length === 0) return targets.columns
    assertLength(fail, 'classCounts', classCounts, targets.columns)
    assertIntegers(fail, 'classCounts', classCounts, [1, Number.MAX_SAFE_INTEGER])
    assertLength(fail, 'lonely', lonely, targets.columns)
    const isClass = (value: number, target: number) =>
      Number.isInteger(value) && value >= 0 && value < classCounts[target]
    lonely.forEach((value, target) => {
      if (!Number.isNaN(value) && !isClass(value, target)) fail('lonely', `must hold class numbers, got ${value}`)
    })
    targets.values.forEach((value, at) => {
      if (!isClass(value, at % targets.columns)) fail('targets', `must hold class numbers, got ${value} at ${at}`)
    })
    return classCounts.reduce((sum, classes) => sum + classes, 0)
  },
  compile({
    metric: name,
    power,
    radius,
    weights,
    classCounts,
    lonely,
    points,
    targets: { values: targets, columns },
  }) {
    const metric = createMetric(name, power, points)
    const most = metric.toReduced(radius)
    const pointCount = points.values.length / points.columns
    const found = new Int32Array(pointCount)
    const weight = new Float64Array(pointCount)
    const isShare = classCounts.length > 0
    const starts = classCounts.map((_, t) => classCounts.slice(0, t).reduce((sum, classes) => sum + classes, 0))

    /** Number of neighbours. */
    function find(input: Float64Array): number {
      let count = 0
      for (let index = 0; index < pointCount; index++) {
        const reduced = metric.reduced(input, index, Infinity)
        if (!(reduced <= most)) continue
        found[count] = index
        weight[count++] = weights === 'uniform' ? 1 : metric.toDistance(reduced)
      }
      return count
    }

    function invert(count: number): void {
      let isSame = false
      for (let n = 0; n < count; n++) if (weight[n] === 0) isSame = true
      for (let n = 0; n < count; n++) weight[n] = isSame ? (weight[n] === 0 ? 1 : 0) : 1 / weight[n]
    }

    return (input, output) => {
      const count = find(input)
      if (weights === 'distance') invert(count)
      output.fill(count === 0 && !isShare ? NaN : 0)
      for (let t = 0; t < columns; t++) {
        if (count === 0) {
          if (isShare && Number.isNaN(lonely[t])) output.fill(NaN, starts[t], starts[t] + classCounts[t])
          else if (isShare) output[starts[t] + lonely[t]] = 1
          continue
        }
        let [sum, total] = [0, 0]
        for (let n = 0; n < count; n++) {
          const target = targets[found[n] * columns + t]
          if (isShare) output[starts[t] + target] += weight[n]
          else sum += weight[n] * target
          total += weight[n]
        }
        if (!isShare) output[t] = sum / total
        else for (let k = starts[t]; k < starts[t] + classCounts[t]; k++) output[k] /= total
      }
    }
  },
  describe: ({ metric, radius, points }) =>
    `within ${radius} of ${points.values.length / points.columns} points, ${metric}`,
})
