// Sizes as people write them in, bounds in bytes or as a share out.
import { expect, test } from 'vitest'
import { parseSizeBound } from '../../../converters/gates/size-bound.ts'

test.each([
  [0, 0],
  [4096, 4096],
  ['4096', 4096],
  ['512 B', 512],
  ['300KiB', 307_200],
  ['2 mb', 2_000_000],
  ['1.5MiB', 1_572_864],
  [' 1 GB ', 1e9],
])('reads %j as %d bytes', (size, most) => {
  expect(parseSizeBound(size)).toEqual({ unit: 'bytes', most })
})

test.each([
  ['30%', 0.3],
  ['0.5 %', 0.005],
  ['120%', 1.2],
])('reads %j as the share %d', (size, most) => {
  expect(parseSizeBound(size)).toEqual({ unit: 'share', most })
})

test.each([
  -1,
  NaN,
  '',
  '%',
  '-3KB',
  '3 TB',
  '1e3',
  'KiB',
  '1,000',
  null,
  true,
  {},
  ['3'],
  '9'.repeat(400),
  '3 constructor',
])('refuses %j', (size) => expect(parseSizeBound(size)).toBeUndefined())
