import { expect, it } from 'vitest'
import { hashColumn, murmurHash } from '../../../src/rows/text/murmur-hash.ts'

it.each([
  ['', 0],
  ['a', 1009084850],
  ['ab', -1681926305],
  ['abc', -1277324294],
  ['abcd', 1139631978],
  ['great', 198527388],
  ['café', 605818632],
  ['日本語', -1515949417],
  ['😀x', 1914495294],
  ['x'.repeat(300), -1143794275],
])('hashes %j as sklearn.utils.murmurhash does', (text, hash) => {
  expect(murmurHash(text)).toBe(hash)
})

it.each([
  [-7, 5, 2],
  [7, 5, 2],
  [-2147483648, 16, 0],
  [-2147483648, 10, 8],
  [0, 3, 0],
])('places hash %i in column %3$i of %2$i', (hash, count, column) => {
  expect(hashColumn(hash, count)).toBe(column)
})
