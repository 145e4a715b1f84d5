// Lists of pandas and feature_infos in; the features that the lists belong to out.
import { expect, it } from 'vitest'
import { readLightgbm } from '../../../../converters/formats/lightgbm/read-lightgbm.ts'
import { pandasColumns } from '../../../../converters/frontends/lightgbm/pandas-columns.ts'
import { isMLError } from '../../../../src/errors.ts'
import { lightgbmText } from '../../formats/lightgbm/lightgbm-text.ts'

function columnsOf(infos: string, lists: readonly (readonly string[])[], stated = ''): readonly number[] {
  const names = infos.split(' ').map((_, i) => `f${i}`)
  const header = { feature_infos: infos, feature_names: names.join(' '), max_feature_idx: String(names.length - 1) }
  const end = `[categorical_feature: ${stated}]\n\npandas_categorical:${JSON.stringify(lists)}\n`
  return pandasColumns(readLightgbm(lightgbmText(header, { end })))
}

const [two, three] = [
  ['a', 'b'],
  ['x', 'y', 'z'],
]

it('takes the features that are stated, or listed, where they are as many', () => {
  expect(columnsOf('[0:1] 0:1 [0:1]', [two], '1')).toEqual([1])
  expect(columnsOf('[0:1] 0:1 [0:1]', [two])).toEqual([1])
})

it('finds ordered categories by the range of their codes', () => {
  expect(columnsOf('[0.5:9] 0:1 [0:2] [-1:1]', [two, three], '1')).toEqual([1, 2])
  expect(columnsOf('[0:2] 0:1 [0:7]', [three, two], '1')).toEqual([0, 1])
  expect(columnsOf('none 0:1', [three, two], '1')).toEqual([0, 1])
})

it('finds lists among categorical features of integers', () => {
  expect(columnsOf('0:1:70 0:1 [0:7]', [two], '0,1')).toEqual([1])
})

it.each([
  ['[0:1] 0:1 [0:1]', [two, two]],
  ['[0:1] [0:1] [2:3]', [two, two, two]],
  ['0:1 0:1 [0:7]', [two]],
])('refuses %s, where there is more than one way, or none', (infos, lists) => {
  const stated = infos.startsWith('0') ? '0,1' : '1'
  try {
    columnsOf(infos, lists, stated)
  } catch (error) {
    expect(isMLError(error) && error.code).toBe('UNSUPPORTED')
    return
  }
  expect.unreachable()
})
