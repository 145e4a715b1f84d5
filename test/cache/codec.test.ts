import { deflateSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64OfBytes } from '../../src/cache/base64.ts'
import { decodeAnswer, encodeAnswer } from '../../src/cache/codec.ts'
import { TreeFault } from '../../src/cache/codec-tree.ts'
import type { Answer } from '../../src/rows/prediction.ts'

const answers: readonly [string, Answer][] = [
  ['a label and probabilities', { label: 'yes', probabilities: [0.1, 0.9] }],
  ['an integer label', { label: 3 }],
  ['a boolean label', { label: false }],
  [
    'labels of several targets',
    {
      label: ['a', 1, true],
      probabilities: [
        [1, 0],
        [0.5, 0.25, 0.25],
      ],
    },
  ], // prettier-ignore
  ['special numbers', { scores: [NaN, -0, 0, Infinity, -Infinity, 5e-324, Number.MAX_VALUE] }],
  ['a special value', { value: -0 }],
  [
    'a long vector with special numbers',
    { vector: Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? NaN : i % 5 === 0 ? -0 : i / 3)) },
  ], // prettier-ignore
  ['an empty vector', { vector: [] }],
  [
    'nested outputs',
    {
      outputs: {
        y: [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        names: ['a', null],
        __proto__x: [1],
      },
    },
  ], // prettier-ignore
  ['text of any kind', { label: 'ü\ud800"\\\n\u0000tfjs1' }],
  ['nothing', {}],
]

describe.each([true, false])('encodeAnswer and decodeAnswer, compression %s', (isCompressed) => {
  it.each(answers)('give back %s', (_title, answer) => {
    expect(decodeAnswer(encodeAnswer(answer, isCompressed))).toStrictEqual({ isAnswer: true, answer })
  })

  it('give back any numbers bit for bit', () => {
    const numbers = fc.array(fc.double(), { maxLength: 40 })
    fc.assert(
      fc.property(numbers, numbers, fc.double(), (probabilities, vector, value) => {
        const answer = { probabilities, vector, value }
        expect(decodeAnswer(encodeAnswer(answer, isCompressed))).toStrictEqual({ isAnswer: true, answer })
      }),
    )
  })
})

describe('encodeAnswer', () => {
  it('compresses what becomes smaller', () => {
    const answer = { vector: new Array<number>(1000).fill(0.5) }
    expect(encodeAnswer(answer, true).length).toBeLessThan(encodeAnswer(answer, false).length / 10)
  })

  it('leaves plain what compression would hardly shrink', () => {
    let seed = 1
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647 + Math.PI
    const answer = { vector: Array.from({ length: 500 }, random) }
    expect(encodeAnswer(answer, true)).toBe(encodeAnswer(answer, false))
  })

  it.each([
    ['a function', { outputs: { y: () => 1 } }],
    ['a bigint', { outputs: { y: 1n } }],
    ['a typed array', { outputs: { y: new Float32Array(2) } }],
    ['a date', { outputs: { y: new Date(0) } }],
    ['endless nesting', { outputs: nested(100) }],
  ])('refuses %s', (_title, answer) => {
    expect(() => encodeAnswer(answer as Answer, true)).toThrow(TreeFault)
  })

  it('leaves out absent fields', () => {
    expect(encodeAnswer({ label: 'a', value: undefined }, false)).toBe(encodeAnswer({ label: 'a' }, false))
  })
})

function nested(depth: number): Record<string, unknown> {
  return depth === 0 ? {} : { y: nested(depth - 1) }
}

function deflated(text: string, statedLength?: number): string {
  const bytes = new TextEncoder().encode(text)
  return `tfjs1z${statedLength ?? bytes.length}:${base64OfBytes(deflateSync(bytes))}`
}

const broken: readonly [string, unknown, string][] = [
  ['undefined', undefined, 'foreign'],
  ['null', null, 'foreign'],
  ['a number', 42, 'foreign'],
  ['an object', { label: 'yes' }, 'foreign'],
  ['bytes', new Uint8Array([1, 2]), 'foreign'],
  ['an empty text', '', 'foreign'],
  ['JSON of somebody else', '{"label":"yes"}', 'foreign'],
  ['a pickle', '\u0080\u0004cposix\nsystem\n', 'foreign'],
  ['a later layout', 'tfjs2j{"o":[]}', 'foreign'],
  ['no body', 'tfjs1', 'corrupt'],
  ['an unknown body', 'tfjs1x{"o":[]}', 'corrupt'],
  ['cut JSON', 'tfjs1j{"o":[["label","ye', 'corrupt'],
  ['a bare number', 'tfjs1j1', 'corrupt'],
  ['an array', 'tfjs1j[]', 'corrupt'],
  ['a plain object', 'tfjs1j{"label":"yes"}', 'corrupt'],
  ['an unknown field', 'tfjs1j{"o":[["extra",1]]}', 'corrupt'],
  ['a prototype', 'tfjs1j{"o":[["__proto__",{"o":[]}]]}', 'corrupt'],
  ['a label that is an object', 'tfjs1j{"o":[["label",{"o":[]}]]}', 'corrupt'],
  ['probabilities of text', 'tfjs1j{"o":[["probabilities",["a"]]]}', 'corrupt'],
  ['an unknown number', 'tfjs1j{"o":[["value",{"n":"toString"}]]}', 'corrupt'],
  ['half a float64', 'tfjs1j{"o":[["vector",{"f":"AAAA"}]]}', 'corrupt'],
  ['no base64', 'tfjs1j{"o":[["vector",{"f":"*"}]]}', 'corrupt'],
  ['a broken entry', 'tfjs1j{"o":[["value"]]}', 'corrupt'],
  ['deep nesting', `tfjs1j${'['.repeat(50)}${']'.repeat(50)}`, 'corrupt'],
  ['very deep nesting', `tfjs1j${'['.repeat(1e6)}`, 'corrupt'],
  ['no length', 'tfjs1zAAAA', 'corrupt'],
  ['broken deflate', 'tfjs1z10:AAAA', 'corrupt'],
  ['another length than stated', deflated('{"o":[]}', 20), 'corrupt'],
  ['no UTF-8', `tfjs1z1:${base64OfBytes(deflateSync(new Uint8Array([255])))}`, 'corrupt'],
  ['a stated length beyond the limit', deflated('{"o":[]}', 999_999_999), 'too-large'],
  ['a text beyond the limit', `tfjs1j"${'a'.repeat(33 * 1024 ** 2)}"`, 'too-large'],
]

describe('decodeAnswer', () => {
  it.each(broken)('takes %s for a miss', (_title, stored, fault) => {
    expect(decodeAnswer(stored)).toEqual({ isAnswer: false, fault })
  })

  it('does not inflate beyond the stated length', () => {
    const bomb = deflated(`{"o":[]}${' '.repeat(50 * 1024 ** 2)}`, 8)
    const started = performance.now()
    decodeAnswer(bomb)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('gives an answer or a fault for any change of a good text, and never throws', () => {
    const good = [encodeAnswer(answers[6][1], false), encodeAnswer({ vector: new Array<number>(1000).fill(0.5) }, true)]
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        fc.nat(),
        fc.string({ maxLength: 3 }),
        fc.nat(4),
        (text, at, insert, cut) => {
          const start = at % text.length
          const decoded = decodeAnswer(text.slice(0, start) + insert + text.slice(start + cut))
          expect(decoded.isAnswer ? typeof decoded.answer : decoded.fault).toBeTypeOf('string')
        },
      ),
      { numRuns: 300 },
    )
  })
})
