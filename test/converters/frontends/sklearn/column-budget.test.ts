import { expect, it } from 'vitest'
import { createColumnBudget } from '../../../../converters/frontends/sklearn/column-budget.ts'
import { exactTable } from '../../../../src/regions/formula/table.ts'
import type { ColumnRef, Region } from '../../../../src/regions/region.ts'

const inputs = new Array<ColumnRef>(2 ** 20).fill({ region: 0, column: 0 })
const none = exactTable(new Float64Array(0), 1)
const norm: Region = { kind: 'normalize', inputs, norm: 'l2', least: 0 }
const sum: Region = { kind: 'linear', inputs, weights: none, bias: none }

it.each([
  ['steps that make columns', norm, 8],
  ['sums of them', sum, 128],
])('lets real models have %s, and ends those of a hostile file at a limit', (_, region, most) => {
  const spend = createColumnBudget()
  for (let i = 0; i < most; i++) spend(region)
  expect(() => spend(region)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})
