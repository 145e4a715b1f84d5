// The formula `distances`: how far a row is from each of several points.

import { assertFinite } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, finiteField, tableField } from './field.ts'
import { createMetric, metricNames } from './metric.ts'

export const distances = defineFormula({
  kind: 'distances',
  fields: {
    metric: choiceField(...metricNames),
    /** Of the metric `minkowski`. */
    power: finiteField,
    /** [points, inputs] */
    points: tableField,
  },
  verify({ inputs, power, points }, fail) {
    if (points.columns !== inputs.length) fail('points', `must have ${inputs.length} columns, got ${points.columns}`)
    if (!(power > 0)) fail('power', `must be above 0, got ${power}`)
    assertFinite(fail, 'points', points.values)
    return points.values.length / points.columns
  },
  compile({ metric, power, points }) {
    const { reduced, toDistance } = createMetric(metric, power, points)
    return (input, output) => {
      for (let k = 0; k < output.length; k++) output[k] = toDistance(reduced(input, k, Infinity))
    }
  },
  describe: ({ metric, points }) => `${metric} from ${points.values.length / points.columns} points`,
})
