// A ranks region in, its JSON and one tensor of all flip points out, and back.

import type { NamedTensor } from '../artifact/tensor.ts'
import type { Ranks, RanksColumn } from './ranks.ts'
import { restoreNumber, restoreNumbers, restoreRefs, storeNumber, storeNumbers, storeRefs } from './stored-numbers.ts'
import type { StoredOf } from './stored-shape.ts'
import { type TensorValues, tensorValues } from './stored-trees.ts'

type StoredColumn = StoredOf<'ranks'>['columns'][number]

export function storeRanks(region: Ranks, index: number) {
  const stored: StoredOf<'ranks'> = {
    kind: 'ranks',
    inputs: storeRefs(region.inputs),
    columns: region.columns.map(storeColumn),
  }
  const values = Float64Array.from(region.columns.flatMap((c) => (c.kind === 'rank' ? [...c.flipPoints] : [])))
  const tensors: NamedTensor[] =
    values.length === 0
      ? []
      : [{ name: flipPointsName(index), role: 'float64', shape: [values.length, 2], values, dtype: 'int32' }]
  return { stored, tensors }
}

export function restoreRanks(stored: StoredOf<'ranks'>, index: number, tensors: TensorValues): Ranks {
  const total = stored.columns.reduce((sum, column) => sum + (Array.isArray(column) ? column[0] : 0), 0)
  const points = total === 0 ? new Float64Array(0) : tensorValues(tensors, flipPointsName(index), total)
  let start = 0
  const columns = stored.columns.map((column): RanksColumn => {
    if (!Array.isArray(column))
      return {
        kind: 'member',
        keys: restoreNumbers(column.keys),
        bits: [...column.bits].map((bit) => (bit === '1' ? 1 : 0)),
        unknownBit: column.unknown,
      }
    const [count, highest, missingValue = 'NaN'] = column
    start += count
    return {
      kind: 'rank',
      flipPoints: points.slice(start - count, start),
      missingValue: restoreNumber(missingValue),
      missing: highest === 1 ? 'highest' : 'lowest',
    }
  })
  return { kind: 'ranks', inputs: restoreRefs(stored.inputs), columns }
}

export function flipPointsName(region: number): string {
  return `ranks${region}/flip-points`
}

function storeColumn(column: RanksColumn): StoredColumn {
  if (column.kind === 'member')
    return { keys: storeNumbers(column.keys), bits: column.bits.join(''), unknown: column.unknownBit }
  const highest = column.missing === 'highest' ? 1 : 0
  const count = column.flipPoints.length
  return Number.isNaN(column.missingValue) ? [count, highest] : [count, highest, storeNumber(column.missingValue)]
}
