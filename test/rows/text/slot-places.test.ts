import { expect, it } from 'vitest'
import { slotPlaces } from '../../../src/rows/text/slot-places.ts'

const others = [{ value: 'count', by: 'l2' }] as const
const placesOf = (names: readonly string[], of = 100) =>
  slotPlaces({ features: names.map((name) => ({ name })), prefix: 'p: ', slots: { of, others } })

it('finds slots by the numbers in the names of their features', () => {
  expect([...placesOf(['p: #7', 'p: #0', 'p: #99', 'whatever others are called'])]).toEqual([
    [7, 0],
    [0, 1],
    [99, 2],
  ])
})

it.each([
  ['another prefix', ['#7', 'others']],
  ['no number', ['p: #', 'others']],
  ['a number written otherwise', ['p: #07', 'others']],
  ['a number below 0', ['p: #-1', 'others']],
  ['a part of a number', ['p: #1.5', 'others']],
  ['a number that the hash does not give', ['p: #100', 'others']],
  ['a number twice', ['p: #7', 'p: #7', 'others']],
  ['fewer features than sums', []],
])('refuses %s', (_, names) => {
  expect(() => placesOf(names)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
})
