import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRowKey } from '../../src/cache/cache-key.ts'
import type { KeyKind, RowKeyOptions } from '../../src/cache/cache-key.ts'

const options: RowKeyOptions = {
  model: 'churn',
  version: '1.0.0',
  artifactSha256: 'ab'.repeat(32),
  kind: 'exact',
  hash: (bytes) => createHash('sha256').update(bytes).digest('hex'),
}
const kinds: readonly KeyKind[] = ['exact', 'hashed']

function keyOf(values: readonly number[], changes: Partial<RowKeyOptions> = {}, tenant?: string): string {
  return createRowKey({ ...options, ...changes })(Float64Array.from(values), tenant)
}

describe.each(kinds)('createRowKey, %s', (kind) => {
  it('gives the same key to the same row, whatever array holds it', () => {
    const slab = Float64Array.of(9, 1.5, -2, 9)
    const rowKey = createRowKey({ ...options, kind })
    expect(rowKey(slab.subarray(1, 3))).toBe(keyOf([1.5, -2], { kind }))
  })

  it('gives equal keys exactly to rows of equal numbers', () => {
    const row = fc.array(fc.double(), { minLength: 2, maxLength: 3 })
    fc.assert(
      fc.property(row, row, (left, right) => {
        const areEqual =
          left.length === right.length && left.every((value, i) => value === right[i] || Object.is(value, right[i])) // prettier-ignore
        expect(keyOf(left, { kind }) === keyOf(right, { kind })).toBe(areEqual)
      }),
    )
  })

  it('tells neighbouring doubles apart', () => {
    expect(keyOf([0.1 + 0.2], { kind })).not.toBe(keyOf([0.3], { kind }))
  })

  it('takes every NaN for the same missing value', () => {
    const odd = new Float64Array(1)
    new DataView(odd.buffer).setBigUint64(0, 0x7ff8_0000_0000_beefn, true)
    expect(createRowKey({ ...options, kind })(odd)).toBe(keyOf([NaN], { kind }))
  })

  it('takes −0 for 0', () => {
    expect(keyOf([-0], { kind })).toBe(keyOf([0], { kind }))
  })

  it('leaves the row as it was', () => {
    const row = Float64Array.of(-0, 1)
    createRowKey({ ...options, kind })(row)
    expect(Object.is(row[0], -0)).toBe(true)
  })

  const others: readonly [string, Partial<RowKeyOptions>, string | undefined][] = [
    ['model', { model: 'churn2' }, undefined],
    ['version', { version: '1.0.1' }, undefined],
    ['artifact', { artifactSha256: 'cd'.repeat(32) }, undefined],
    ['tenant', {}, 'acme'],
    ['empty tenant', {}, ''],
  ]
  it.each(others)('never shares a key with another %s', (_what, changes, tenant) => {
    expect(keyOf([1], { kind, ...changes }, tenant)).not.toBe(keyOf([1], { kind }))
  })

  it('keeps fields apart whatever characters they hold', () => {
    const fields = fc.tuple(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ maxLength: 4 }),
      fc.option(fc.string({ unit: 'binary', maxLength: 4 }), { nil: undefined }),
    )
    fc.assert(
      fc.property(fields, fields, (left, right) => {
        const [a, b] = [left, right].map(([model, version, tenant]) => keyOf([1], { kind, model, version }, tenant))
        expect(a === b).toBe(JSON.stringify(left) === JSON.stringify(right))
      }),
    )
  })

  it.each([
    [
      { model: 'a:b', version: 'c' },
      { model: 'a', version: 'b:c' },
    ],
    [
      { model: 'a","b', version: 'c' },
      { model: 'a', version: 'b","c' },
    ],
  ])('does not confuse %o with %o', (left, right) => {
    expect(keyOf([1], { kind, ...left })).not.toBe(keyOf([1], { kind, ...right }))
  })
})

describe('createRowKey', () => {
  it('gives hashed keys that survive UTF-8, lone surrogates in names included', () => {
    const [left, right] = ['\ud800', '\ud801'].map((tenant) => keyOf([1], { kind: 'hashed' }, tenant))
    const decode = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text))
    expect(decode(left)).toBe(left)
    expect(decode(left)).not.toBe(decode(right))
  })

  it('hashes wide rows even for the memory store, so that keys stay short', () => {
    expect(keyOf(new Array<number>(100_000).fill(1)).length).toBeLessThan(300)
  })

  it('keeps hashed keys of rows of any width short enough to travel', () => {
    expect(keyOf([1, 2, 3], { kind: 'hashed' }).length).toBeLessThan(100)
  })

  it('tells artifacts and rows apart in what is hashed, wherever one ends and the other begins', () => {
    const [number] = new Float64Array(new TextEncoder().encode('abcdefgh').buffer)
    const long = keyOf([5], { kind: 'hashed', artifactSha256: '12abcdefgh' })
    expect(long).not.toBe(keyOf([number, 5], { kind: 'hashed', artifactSha256: '12' }))
  })

  it('hashes the same bytes on machines of either byte order', () => {
    let hashed: Uint8Array | undefined
    createRowKey({ ...options, kind: 'hashed', hash: (bytes) => ((hashed = bytes.slice()), '') })(Float64Array.of(1))
    expect([...(hashed ?? [])].slice(-8)).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
  })
})
