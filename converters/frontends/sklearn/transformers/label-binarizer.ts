// A fitted LabelBinarizer in; a column a class (one for two classes) out.

import { oneHotSlot } from '../../../../src/regions/one-hot.ts'
import { declareUnknown } from '../encoder-categories.ts'
import { defineEstimator } from '../estimator-spec.ts'
import type { Column } from '../columns.ts'
import { unsupported } from '../place.ts'
import { readLabelKeys } from './label-keys.ts'
import { mapColumns } from './map-columns.ts'

/** Source: scikit-learn 1.9, preprocessing/_label.py, `label_binarize`: labels that it does not know are of no class. */
export const labelBinarizer = defineEstimator({
  names: ['LabelBinarizer'],
  role: 'transformer',
  notes: 'in a file of its own: a row is one label; neg_label, pos_label',
  reads: ['classes_', 'neg_label', 'pos_label', 'y_type_', 'sparse_output'],
  ignored: { sparse_input_: 'container of the labels' },
  transform(reader, input, scope) {
    const type = reader.string('y_type_')
    if (type !== 'binary' && type !== 'multiclass')
      throw unsupported(reader.place, `labels of type ${type}`, 'Supported are binary and multiclass labels.')
    const { column, keys } = readLabelKeys(reader, input, scope)
    declareUnknown(keys, column, { scope, refuses: false })
    const [negative, positive] = [reader.finite('neg_label'), reader.finite('pos_label')]
    // two classes have one column, which is that of the second; a single one has a column that never is
    const isOneColumn = keys.length <= 2
    const slots = isOneColumn ? keys.map((_, i) => (i === 1 ? 0 : -1)) : keys.map((_, i) => i)
    const block = { keys, slots, width: isOneColumn ? 1 : keys.length, unknownSlot: -1 }
    const region = scope.builder.add({ kind: 'one-hot', inputs: [column.ref], columns: [block] })
    const missingSlot = oneHotSlot(block, column.missing)
    const columns = Array.from({ length: block.width }, (_, slot): Column => {
      const missing = slot === missingSlot ? 1 : 0
      return { ref: { region, column: slot }, feature: column.feature, domain: 'number', missing }
    })
    const hot = { columns, isSparse: reader.boolean('sparse_output') }
    if (negative === 0 && positive === 1) return hot
    const settings = [positive - negative, negative]
    const scaled = columns.map(() => ({ name: 'affine', settings }) as const)
    return { ...hot, columns: mapColumns(scaled, hot, scope) }
  },
})
