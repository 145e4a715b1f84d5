// A fitted LabelEncoder in; the number of a label out.

import { type Ordinal, ordinalValue } from '../../../../src/regions/ordinal.ts'
import { declareUnknown } from '../encoder-categories.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { readLabelKeys } from './label-keys.ts'

/** Source: scikit-learn 1.9, preprocessing/_label.py, `LabelEncoder.transform`, which fails on labels that it does not know. */
export const labelEncoder = defineEstimator({
  names: ['LabelEncoder'],
  role: 'transformer',
  notes: 'in a file of its own: a row is one label',
  reads: ['classes_'],
  ignored: {},
  transform(reader, input, scope) {
    const { column, keys } = readLabelKeys(reader, input, scope)
    declareUnknown(keys, column, { scope, refuses: true })
    const columns = [{ keys, values: keys.map((_, i) => i), unknownValue: Number.NaN }]
    const region: Ordinal = { kind: 'ordinal', inputs: [column.ref], columns }
    const ref = { region: scope.builder.add(region), column: 0 }
    const missing = ordinalValue(region, 0, column.missing)
    return { columns: [{ ref, feature: column.feature, domain: 'number', missing }], isSparse: false }
  },
})
