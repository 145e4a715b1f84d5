import { expect, it } from 'vitest'
import type { OtherSlots } from '../../../src/artifact/text-columns.ts'
import { countOtherSlots } from '../../../src/rows/text/other-slots.ts'

const by = ['sum', 'l1', 'l2', 'max'] as const
const allOf = (value: OtherSlots['value']): OtherSlots[] => by.map((measure) => ({ value, by: measure }))

function told(others: readonly OtherSlots[], amounts: readonly (readonly [slot: number, amount: number])[]): number[] {
  const slots = countOtherSlots(others)
  const values = others.map(() => 0)
  slots.begin()
  for (const [slot, amount] of amounts) slots.add(slot, amount)
  slots.finish((index, value) => (values[index] = value))
  return values
}

it.each<[string, OtherSlots['value'], [number, number][], number[]]>([
  [
    'adds terms of one slot before anything else',
    'count',
    [
      [7, 1],
      [9, -1],
      [7, 3],
    ],
    [3, 5, Math.sqrt(17), 4],
  ],
  [
    'drops terms that cancel each other',
    'count',
    [
      [7, 1],
      [7, -1],
    ],
    [0, 0, 0, 0],
  ],
  [
    'takes logarithms of whole counts',
    'log',
    [
      [7, 1],
      [7, 1],
      [8, 1],
    ],
    [2 + Math.log(2), 2 + Math.log(2), Math.hypot(1 + Math.log(2), 1), 1 + Math.log(2)],
  ],
  [
    'counts slots above 0',
    'positive',
    [
      [7, 5],
      [8, -2],
      [9, 1],
    ],
    [2, 2, Math.SQRT2, 1],
  ],
  ['knows nothing of nothing', 'count', [], [0, 0, 0, 0]],
])('%s', (_, value, amounts, expected) => {
  told(allOf(value), amounts).forEach((got, i) => expect(got).toBeCloseTo(expected[i], 12))
})

it('passes NaN on, which a count below 0 has for a logarithm', () => {
  expect(
    told(allOf('log'), [
      [1, -1],
      [2, 1],
    ]),
  ).toEqual([NaN, NaN, NaN, NaN])
})

it('forgets a row that failed, and marks a slot once', () => {
  const slots = countOtherSlots(allOf('count'))
  slots.begin()
  slots.add(3, 100)
  slots.begin()
  slots.mark(4)
  slots.mark(4)
  const values: number[] = []
  slots.finish((index, value) => (values[index] = value))
  expect(values).toEqual([1, 1, 1, 1])
})
