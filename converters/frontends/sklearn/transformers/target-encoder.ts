// A fitted TargetEncoder in; the mean target of each category out.

import type { OrdinalColumn } from '../../../../src/regions/ordinal.ts'
import { ordinalValue, type Ordinal } from '../../../../src/regions/ordinal.ts'
import { declareUnknown, readCategoryKeys } from '../encoder-categories.ts'
import { toNumber, toNumbers } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { assertColumnCount, type Column } from '../columns.ts'

/** Source: scikit-learn 1.9, preprocessing/_target_encoder.py, `transform`; a column for each class where there are several. */
export const targetEncoder = defineEstimator({
  names: ['TargetEncoder'],
  role: 'transformer',
  notes: 'continuous, binary and multiclass targets',
  reads: ['categories_', 'encodings_', 'target_mean_', 'target_type_'],
  ignored: {
    categories: 'fitted into categories_',
    classes_: 'counted from target_mean_',
    cv: 'training only',
    random_state: 'training only',
    shuffle: 'training only',
    smooth: 'fitted into encodings_',
    target_type: 'fitted into target_type_',
    _infrequent_enabled: 'False: it groups none',
  },
  transform(reader, input, scope) {
    const { builder } = scope
    const keys = readCategoryKeys(reader, input, scope)
    for (const [i, list] of keys.entries()) declareUnknown(list, input.columns[i], { scope, refuses: false })
    const isMulticlass = reader.string('target_type_') === 'multiclass'
    const means = isMulticlass
      ? reader.finiteNumbers('target_mean_')
      : [toNumber(reader.value('target_mean_')) ?? reader.fail('target_mean_', 'a number')]
    const encodings = reader.list('encodings_')
    if (means.length === 0 || encodings.length !== keys.length * means.length)
      throw reader.corrupt('encodings_', `${keys.length * means.length} vectors`, `${encodings.length}`)
    assertColumnCount(encodings.length)
    const columns = encodings.map((encoding, i): OrdinalColumn => {
      const list = keys[Math.floor(i / means.length)]
      const values = toNumbers(encoding)
      if (values?.length !== list.length || !values.every(Number.isFinite))
        return reader.fail('encodings_', 'vectors of a finite number a category')
      return { keys: list, values: Array.from(values), unknownValue: means[i % means.length] }
    })
    const sources = columns.map((_, i) => input.columns[Math.floor(i / means.length)])
    const region: Ordinal = { kind: 'ordinal', inputs: sources.map(({ ref }) => ref), columns }
    const number = builder.add(region)
    const output = sources.map(({ feature, from, missing }, column): Column => {
      const ref = { region: number, column }
      return { ref, feature, ...(from && { from }), domain: 'number', missing: ordinalValue(region, column, missing) }
    })
    return { columns: output, isSparse: false }
  },
})
