// A fitted OneHotEncoder in; a one-hot region out.

import { type OneHot, type OneHotColumn, oneHotSlot } from '../../../src/regions/one-hot.ts'
import { PyGlobal, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import { declareUnknown, readCategoryKeys, readInfrequentMappings } from './encoder-categories.ts'
import { type EstimatorReader, toValues } from './estimator-reader.ts'
import { defineEstimator, isSince } from './estimator-spec.ts'
import type { Column } from './columns.ts'
import { unsupported } from './place.ts'

const handlings = ['error', 'ignore', 'infrequent_if_exist', 'warn']

export const oneHotEncoder = defineEstimator({
  names: ['OneHotEncoder'],
  role: 'transformer',
  notes: 'drop, every handle_unknown, infrequent categories, missing as a category',
  reads: [
    'categories_',
    'handle_unknown',
    'drop_idx_',
    '_drop_idx_after_grouping',
    '_infrequent_enabled',
    '_default_to_infrequent_mappings',
    'sparse_output',
    'dtype',
  ],
  ignored: {
    categories: 'fitted into categories_',
    drop: 'fitted into drop_idx_',
    min_frequency: 'fitted into the grouping of infrequent categories',
    max_categories: 'fitted into the grouping of infrequent categories',
    feature_name_combiner: 'names of the outputs only',
    sparse: 'older name of sparse_output; container of the output',
    _n_features_outs: 'counted from the categories',
    _infrequent_indices: 'the mappings say the same',
  },
  transform(reader, input, scope) {
    assertNumericDtype(reader)
    const handling = reader.string('handle_unknown')
    if (!handlings.includes(handling)) {
      throw unsupported(reader.place, `handle_unknown=${handling}`, `Supported are ${handlings.join(', ')}.`)
    }
    const keys = readCategoryKeys(reader, input, scope)
    const mappings = readInfrequentMappings(reader, keys.length)
    const drops = readDrops(reader, keys.length)
    // In 1.6 and 1.7 `warn` misses the infrequent category when it maps unknown values.
    const warnsAsInfrequent = handling === 'warn' && isSince(reader.place.version, 1, 8)
    const toInfrequent = handling === 'infrequent_if_exist' || warnsAsInfrequent
    const columns = keys.map((list, i) => {
      declareUnknown(list, input.columns[i], { scope, refuses: handling === 'error' })
      return toColumn(list, { mapping: mappings[i], drop: drops[i], toInfrequent, reader })
    })
    const region: OneHot = { kind: 'one-hot', inputs: input.columns.map(({ ref }) => ref), columns }
    const number = scope.builder.add(region)
    const output: Column[] = []
    columns.forEach((column, i) => {
      const { feature, from, missing } = input.columns[i]
      const missingSlot = oneHotSlot(column, missing)
      for (let slot = 0; slot < column.width; slot++) {
        const ref = { region: number, column: output.length }
        output.push({ ref, feature, ...(from && { from }), domain: 'number', missing: slot === missingSlot ? 1 : 0 })
      }
    })
    return { columns: output, isSparse: reader.valueOr('sparse_output', true) !== false }
  },
})

type ColumnContext = {
  readonly mapping: Float64Array | undefined
  /** Which category, after grouping, has no output. */
  readonly drop: number | undefined
  readonly toInfrequent: boolean
  readonly reader: EstimatorReader
}

function toColumn(keys: readonly number[], { mapping, drop, toInfrequent, reader }: ColumnContext): OneHotColumn {
  if (mapping !== undefined && mapping.length !== keys.length) {
    throw reader.corrupt('_default_to_infrequent_mappings', `${keys.length} entries`, `${mapping.length}`)
  }
  const groups = keys.map((_, i) => (mapping === undefined ? i : mapping[i]))
  const groupCount = groups.reduce((most, group) => Math.max(most, group + 1), 0)
  if (groups.some((group) => !Number.isInteger(group) || group < 0 || group >= keys.length)) {
    throw reader.corrupt('_default_to_infrequent_mappings', 'group numbers', String(groups))
  }
  if (drop !== undefined && drop >= groupCount) {
    throw reader.corrupt('drop_idx_', `numbers below ${groupCount}`, String(drop))
  }
  const slotOf = (group: number): number => {
    if (drop === undefined || group < drop) return group
    return group === drop ? -1 : group - 1
  }
  const width = drop === undefined ? groupCount : groupCount - 1
  // The infrequent categories share the last group.
  const unknownSlot = toInfrequent && mapping !== undefined ? slotOf(groupCount - 1) : -1
  return { keys, slots: groups.map(slotOf), width, unknownSlot }
}

function readDrops(reader: EstimatorReader, width: number): (number | undefined)[] {
  const name = reader.has('_drop_idx_after_grouping') ? '_drop_idx_after_grouping' : 'drop_idx_'
  const value = reader.valueOr(name, null)
  if (value === null) return new Array<number | undefined>(width).fill(undefined)
  const drops = toValues(value)
  if (drops?.length !== width) return reader.fail(name, `${width} category numbers`)
  return drops.map((drop) => {
    if (drop === null) return undefined
    return Number.isSafeInteger(drop) && Number(drop) >= 0 ? Number(drop) : reader.fail(name, 'category numbers')
  })
}

/** Name of the numpy type that an encoder answers in. */
export function dtypeName(value: PyValue): string {
  if (value instanceof PyGlobal) return value.name
  if (typeof value === 'string') return value
  if (value instanceof PyObject && value.name === 'dtype') return String(value.args[0])
  return 'unknown'
}

function assertNumericDtype(reader: EstimatorReader): void {
  const name = dtypeName(reader.valueOr('dtype', 'float64'))
  if (
    /^(f[248]|d|float(16|32|64|_)?|double|half|single|u?int\w*|[iu][1248]|bool_?|u?byte|u?(short|long|longlong))$/.test(
      name,
    )
  )
    return
  throw unsupported(reader.place, `dtype=${name}`, 'Supported are the float, integer and boolean types of numpy.')
}
