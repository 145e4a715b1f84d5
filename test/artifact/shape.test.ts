// Values that have a shape or not: what is accepted, and where and what is wrong first.
import { expect, test } from 'vitest'
import * as shapes from '../../src/artifact/shape.ts'
import {
  anyOf,
  closedObject,
  finite,
  integer,
  issueText,
  listOf,
  nullable,
  oneOf,
  openObject,
  optional,
  type Shape,
  text,
  toldBy,
  tupleOf,
  where,
} from '../../src/artifact/shape.ts'

const point = closedObject({ x: finite, y: optional(finite) })
const told = toldBy(
  'kind',
  closedObject({ kind: oneOf('point'), at: point }),
  toldBy(
    'form',
    closedObject({ kind: oneOf('area'), form: oneOf('circle'), radius: shapes.notNegative }),
    closedObject({ kind: oneOf('area'), form: oneOf('square'), side: integer(1, 9) }),
  ),
)
const short = where(listOf(text), 'all', (list) => (list.length > 2 ? 'has more than two' : undefined))

const right: readonly (readonly [string, Shape<unknown>, unknown])[] = [
  ['numbers', finite, -0],
  ['integers at both ends', tupleOf(integer(-1), integer(0, 5), integer(0)), [-1, 5, Number.MAX_SAFE_INTEGER]],
  ['empty text where it may be', text, ''],
  ['null where it may be', nullable(finite), null],
  ['an absent key', point, { x: 1 }],
  ['a key without a value', point, { x: 1, y: undefined }],
  ['further keys of an open object', openObject({ x: finite }), { x: 1, z: {} }],
  ['a member of a union', listOf(anyOf(text, finite)), ['a', 1]],
  ['an object told by a key', told, { kind: 'point', at: { x: 1 } }],
  ['an object told by two keys', told, { kind: 'area', form: 'square', side: 3 }],
  ['any record', shapes.record, {}],
]

test.each(right)('accepts %s', (_, shape, value) => {
  expect(shape.issueOf(value)).toBeUndefined()
})

const wrong: readonly (readonly [string, Shape<unknown>, unknown, string | RegExp])[] = [
  ['infinity', finite, Infinity, 'is malformed: must be a finite number, got Infinity'],
  ['NaN', shapes.notNegative, NaN, 'is malformed: must be a number of 0 or more, got NaN'],
  ['a number as text', finite, '1', 'is malformed: must be a finite number, got "1"'],
  ['a fraction', integer(0), 0.5, 'is malformed: must be an integer of 0 or more, got 0.5'],
  ['an integer beyond the doubles', integer(0), 2 ** 53, /integer of 0 or more/],
  ['an integer beyond its range', integer(0, 5), 6, 'is malformed: must be an integer from 0 to 5, got 6'],
  ['empty text', shapes.filledText, '', /not empty/],
  ['a word that is none of them', oneOf('a', 'b'), 'c', 'is malformed: must be "a" or "b", got "c"'],
  ['an inherited word', oneOf('a'), 'constructor', /must be "a"/],
  ['text of another form', shapes.matching(/^a$/, 'must be a'), 'b', 'is malformed: must be a'],
  ['a list in place of an object', point, [], 'is malformed: must be an object, got a list of 0'],
  ['an object in place of a list', listOf(text), {}, 'is malformed: must be a list, got an object'],
  ['a null in place of an object', shapes.record, null, 'is malformed: must be an object, got null'],
  ['an entry of a list', listOf(listOf(text)), [['a'], ['b', 3]], 'is malformed at 1.1: must be text, got 3'],
  ['too short a list', listOf(text, { least: 2 }), ['a'], /must have 2 to/],
  ['too long a list', listOf(text, { most: 1 }), ['a', 'b'], /must have 0 to 1 entries, got 2/],
  ['a pair of three', tupleOf(text, text), ['a', 'b', 'c'], 'is malformed: must be a list of 2, got a list of 3'],
  ['a missing key', point, {}, 'is malformed at x: must be a finite number, got nothing'],
  ['an inherited key', closedObject({ constructor: shapes.anything, x: finite }), { constructor: 1 }, /at x/],
  ['a foreign key', point, { x: 1, z: 2 }, 'is malformed: must have no key "z"'],
  ['a foreign key named as the prototype', point, JSON.parse('{"x":1,"__proto__":{"y":2}}'), /no key "__proto__"/],
  ['a kind of none', told, { kind: 'line' }, 'is malformed at kind: must be of a known kind, got "line"'],
  ['a kind that is absent', told, {}, 'is malformed at kind: must be of a known kind, got nothing'],
  ['a form of none', told, { kind: 'area', form: 'ring' }, /at form: must be of a known kind/],
  ['a part of an object told by keys', told, { kind: 'area', form: 'square', side: 10 }, /at side: must be an integer/],
  ['what no member of a union is', anyOf(text, finite), true, 'is malformed: must be a finite number, got true'],
  ['what a shape cannot say', short, ['a', 'b', 'c'], 'is malformed at all: has more than two'],
]

test.each(wrong)('refuses %s', (_, shape, value, said) => {
  const issue = shape.issueOf(value)
  expect(issue === undefined ? '' : issueText(issue)).toEqual(
    typeof said === 'string' ? said : (expect.stringMatching(said) as string),
  )
})

test('cuts what it quotes of a long text', () => {
  expect(finite.issueOf('x'.repeat(1e6))?.message.length).toBeLessThan(100)
})
