// Fields of protocol buffers against bytes taken apart by hand, and against an independent reader.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bytesField,
  concatenate,
  entryField,
  type Fields,
  integerField,
  joinFields,
  messageField,
  textField,
} from '../../../src/backend/saved-model/protobuf-writer.ts'
import { messagesOf, readFields, textsOf } from '../../helpers/protobuf-reader.ts'

const hex = (fields: Fields): string => Buffer.from(joinFields(fields)).toString('hex')

const cases: readonly (readonly [title: string, fields: Fields, bytes: string])[] = [
  // the first two are the examples of protobuf.dev/programming-guides/encoding
  ['an integer', integerField(1, 150), '089601'],
  ['text', textField(2, 'testing'), '120774657374696e67'],
  ['zero', integerField(3, 0), '1800'],
  ['the last number of one byte', integerField(1, 127), '087f'],
  ['the first of two', integerField(1, 128), '088001'],
  ['minus one, as int64', integerField(1, -1), '08ffffffffffffffffff01'],
  ['a field number that takes two bytes', integerField(16, 1), '800101'],
  ['an empty message', messageField(4), '2200'],
  ['a message in a message', messageField(3, messageField(1, integerField(1, 2))), '1a040a020802'],
  ['bytes', bytesField(4, Uint8Array.of(0, 255)), '220200ff'],
  ['letters beyond ASCII', textField(1, 'ä'), '0a02c3a4'],
  ['an entry of a map', entryField(5, 'T', integerField(6, 1)), '2a070a015412023001'],
]

test.each(cases)('writes %s', (_, fields, bytes) => {
  expect(hex(fields)).toBe(bytes)
  expect(fields.byteLength).toBe(bytes.length / 2)
})

test('writes any integer so that it is read as it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 28 }), fc.maxSafeInteger(), (field, value) => {
      expect(readFields(joinFields(integerField(field, value)))).toEqual([{ field, value: BigInt(value) }])
    }),
  )
})

test('says how long a message is before what it holds, however long that is', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 9 }), (texts) => {
      const inner = texts.map((text) => textField(7, text))
      const bytes = joinFields(concatenate([messageField(2, ...inner), integerField(1, 1)]))
      const [message] = messagesOf(bytes, 2)
      expect(textsOf(message, 7)).toEqual(texts)
    }),
  )
})
