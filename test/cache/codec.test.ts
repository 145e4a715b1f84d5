import { deflateSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64OfBytes } from '../../src/cache/base64.ts'
import { checksumOf } from '../../src/cache/checksum.ts'
import { decodeAnswer, encodeAnswer } from '../../src/cache/codec.ts'
import { TreeFault } from '../../src/cache/codec-tree.ts'
import type { Answer } from '../../src/rows/prediction.ts'

const key = '["churn","1.0.0"]-h0123'
const storedAtMs = 1_700_000_000_123

function encode(answer: Answer, isCompressed: boolean): string {
  return encodeAnswer(answer, { key, storedAtMs, isCompressed })
}

/** A text of ours with any body, and the right checksum. */
function sealed(rest: string): string {
  return `tfjs2${checksumOf(key, rest)}${rest}`
}

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
    expect(decodeAnswer(encode(answer, isCompressed), key)).toStrictEqual({ isAnswer: true, answer, storedAtMs })
  })

  it('give back any numbers bit for bit', () => {
    const numbers = fc.array(fc.double(), { maxLength: 40 })
    fc.assert(
      fc.property(numbers, numbers, fc.double(), (probabilities, vector, value) => {
        const answer = { probabilities, vector, value }
        expect(decodeAnswer(encode(answer, isCompressed), key)).toStrictEqual({ isAnswer: true, answer, storedAtMs })
      }),
    )
  })
})

describe('encodeAnswer and decodeAnswer', () => {
  it('give back any answer of any kind', () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, NaN, Infinity, -Infinity))
    const scalar = fc.oneof(fc.string({ unit: 'binary' }), number, fc.boolean())
    const nested = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 6 }, scalar, fc.constant(null), fc.array(tie('node')), fc.array(number)),
    }))
    const answer = fc.record(
      {
        label: fc.oneof(scalar, fc.array(scalar)),
        probabilities: fc.oneof(fc.array(number, { maxLength: 40 }), fc.array(fc.array(number))),
        scores: fc.array(number),
        value: fc.oneof(number, fc.array(number)),
        vector: fc.array(number, { maxLength: 200 }),
        outputs: fc.dictionary(fc.string(), nested.node),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(answer, fc.boolean(), (given, isCompressed) => {
        const decoded = decodeAnswer(encode(given as Answer, isCompressed), key)
        expect(decoded).toStrictEqual({ isAnswer: true, answer: plain(given), storedAtMs })
      }),
    )
  })
})

/** fast-check makes some objects without a prototype; ours have the usual one. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry)]))
}

describe('encodeAnswer', () => {
  it('compresses what becomes smaller', () => {
    const answer = { vector: new Array<number>(1000).fill(0.5) }
    expect(encode(answer, true).length).toBeLessThan(encode(answer, false).length / 10)
  })

  it('leaves plain what compression would hardly shrink', () => {
    let seed = 1
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647 + Math.PI
    const answer = { vector: Array.from({ length: 500 }, random) }
    expect(encode(answer, true)).toBe(encode(answer, false))
  })

  it.each([
    ['a function', { outputs: { y: () => 1 } }],
    ['a bigint', { outputs: { y: 1n } }],
    ['a typed array', { outputs: { y: new Float32Array(2) } }],
    ['a date', { outputs: { y: new Date(0) } }],
    ['endless nesting', { outputs: nested(100) }],
  ])('refuses %s', (_title, answer) => {
    expect(() => encode(answer as Answer, true)).toThrow(TreeFault)
  })

  it('leaves out absent fields', () => {
    expect(encode({ label: 'a', value: undefined }, false)).toBe(encode({ label: 'a' }, false))
  })
})

function nested(depth: number): Record<string, unknown> {
  return depth === 0 ? {} : { y: nested(depth - 1) }
}

function deflated(text: string, statedLength?: number): string {
  const bytes = new TextEncoder().encode(text)
  return sealed(`z1:${statedLength ?? bytes.length}:${base64OfBytes(deflateSync(bytes))}`)
}

const fieldNames = ['label', 'probabilities', 'scores', 'value', 'vector', 'outputs', '__proto__'] as const

const broken: readonly [string, unknown, string][] = [
  ['undefined', undefined, 'foreign'],
  ['null', null, 'foreign'],
  ['a number', 42, 'foreign'],
  ['an object', { label: 'yes' }, 'foreign'],
  ['bytes', new Uint8Array([1, 2]), 'foreign'],
  ['an empty text', '', 'foreign'],
  ['JSON of somebody else', '{"label":"yes"}', 'foreign'],
  ['a pickle', '\u0080\u0004cposix\nsystem\n', 'foreign'],
  ['an earlier layout', 'tfjs1j{"o":[]}', 'other-version'],
  ['a later layout', 'tfjs3j{"o":[]}', 'other-version'],
  ['no body', 'tfjs2', 'corrupt'],
  ['a wrong checksum', 'tfjs200000000j1:{"o":[]}', 'corrupt'],
  ['no time', sealed('j{"o":[]}'), 'corrupt'],
  ['an empty time', sealed('j:{"o":[]}'), 'corrupt'],
  ['a time that is no number', sealed('j1e3:{"o":[]}'), 'corrupt'],
  ['a time without end', sealed(`j${'1'.repeat(17)}:{"o":[]}`), 'corrupt'],
  ['an unknown body', sealed('x1:{"o":[]}'), 'corrupt'],
  ['cut JSON', sealed('j1:{"o":[["label","ye'), 'corrupt'],
  ['a bare number', sealed('j1:1'), 'corrupt'],
  ['an array', sealed('j1:[]'), 'corrupt'],
  ['a plain object', sealed('j1:{"label":"yes"}'), 'corrupt'],
  ['an unknown field', sealed('j1:{"o":[["extra",1]]}'), 'corrupt'],
  ['a prototype', sealed('j1:{"o":[["__proto__",{"o":[]}]]}'), 'corrupt'],
  ['a label that is an object', sealed('j1:{"o":[["label",{"o":[]}]]}'), 'corrupt'],
  ['probabilities of text', sealed('j1:{"o":[["probabilities",["a"]]]}'), 'corrupt'],
  ['an unknown number', sealed('j1:{"o":[["value",{"n":"toString"}]]}'), 'corrupt'],
  ['half a float64', sealed('j1:{"o":[["vector",{"f":"AAAA"}]]}'), 'corrupt'],
  ['no base64', sealed('j1:{"o":[["vector",{"f":"*"}]]}'), 'corrupt'],
  ['a broken entry', sealed('j1:{"o":[["value"]]}'), 'corrupt'],
  ['deep nesting', sealed(`j1:${'['.repeat(50)}${']'.repeat(50)}`), 'corrupt'],
  ['very deep nesting', sealed(`j1:${'['.repeat(1e6)}`), 'corrupt'],
  ['no length', sealed('z1:AAAA'), 'corrupt'],
  ['broken deflate', sealed('z1:10:AAAA'), 'corrupt'],
  ['another length than stated', deflated('{"o":[]}', 20), 'corrupt'],
  ['no UTF-8', sealed(`z1:1:${base64OfBytes(deflateSync(new Uint8Array([255])))}`), 'corrupt'],
  ['a stated length beyond the limit', deflated('{"o":[]}', 999_999_999), 'too-large'],
  ['a text beyond the limit', `tfjs2${'a'.repeat(33 * 1024 ** 2)}`, 'too-large'],
]

describe('decodeAnswer', () => {
  it.each(broken)('takes %s for a miss', (_title, stored, fault) => {
    expect(decodeAnswer(stored, key)).toEqual({ isAnswer: false, fault })
  })

  it('does not inflate beyond the stated length', () => {
    const bomb = deflated(`{"o":[]}${' '.repeat(50 * 1024 ** 2)}`, 8)
    const started = performance.now()
    decodeAnswer(bomb, key)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('takes a text for broken under any key but its own', () => {
    const text = encode({ label: 'yes' }, false)
    expect(decodeAnswer(text, `${key}4`)).toEqual({ isAnswer: false, fault: 'corrupt' })
    fc.assert(fc.property(fc.string(), (other) => decodeAnswer(text, other).isAnswer === (other === key)))
  })

  const good = [encode(answers[6][1], false), encode({ vector: new Array<number>(1000).fill(0.5) }, true)]

  it('notices any change of one character, wherever it is', () => {
    for (const text of good)
      for (let at = 0; at < text.length; at++)
        for (const change of ['0', '9', '\ufffd'])
          if (change !== text[at])
            expect(decodeAnswer(text.slice(0, at) + change + text.slice(at + 1), key).isAnswer).toBe(false)
  })

  it('notices any cut, insertion or overwriting, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        fc.nat(),
        fc.string({ maxLength: 3 }),
        fc.nat(4),
        (text, at, insert, cut) => {
          const start = at % text.length
          const changed = text.slice(0, start) + insert + text.slice(start + cut)
          expect(decodeAnswer(changed, key).isAnswer).toBe(changed === text)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('takes bytes of any kind for a miss, with our first characters and the right checksum too, and never throws', () => {
    const faults = new Set<string>()
    const decode = (stored: unknown): void => {
      const decoded = decodeAnswer(stored, key)
      if (!decoded.isAnswer) faults.add(decoded.fault)
    }
    const bytes = fc.uint8Array({ maxLength: 200 }).map((given) => String.fromCharCode(...given))
    fc.assert(
      fc.property(fc.oneof(bytes, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        for (const stored of [text, `tfjs2${text}`, `tfjs1${text}`, sealed(text), sealed(`j1:${text}`)]) decode(stored)
        decode(sealed(`z1:${text.length}:${base64OfBytes(new TextEncoder().encode(text))}`))
        decode(deflated(text, text.length))
      }),
      { numRuns: 500 },
    )
    fc.assert(fc.property(fc.anything(), decode))
    expect(['foreign', 'other-version', 'corrupt', 'too-large']).toEqual(expect.arrayContaining([...faults]))
    expect(faults.size).toBeGreaterThanOrEqual(3)
  })

  it('gives names that lead to the prototype as names, and leaves every prototype as it was', () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
    const before = Object.getOwnPropertyNames(Object.prototype)
    const outputs = Object.fromEntries(names.map((name) => [name, { polluted: 1 }]))
    expect(Object.keys(outputs)).toEqual(names)
    const decoded = decodeAnswer(encode({ outputs } as unknown as Answer, false), key)
    if (!decoded.isAnswer) throw new Error('expected an answer')
    expect(Object.keys(decoded.answer.outputs ?? {})).toEqual(names)
    expect(Object.getPrototypeOf(decoded.answer.outputs)).toBe(Object.prototype)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  })

  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.record({ n: fc.oneof(fc.constantFrom('nan', 'inf', 'ninf', 'nzero', '__proto__'), fc.string()) }),
      fc.record({ f: fc.oneof(fc.base64String(), fc.string()) }),
      fc.record({ o: fc.array(fc.tuple(fc.oneof(fc.constantFrom(...fieldNames), fc.string()), tie('tree'))) }),
      fc.record({ o: fc.anything() }),
    ),
  }))

  it('gives whole answers of the right types, or faults, for hostile texts with the right checksum', () => {
    const seen = { answers: 0, faults: 0 }
    fc.assert(
      fc.property(
        fc.oneof(tree, fc.record({ o: fc.array(fc.tuple(fc.constantFrom(...fieldNames), tree)) })),
        (value) => {
          const decoded = decodeAnswer(sealed(`j1:${JSON.stringify(value)}`), key)
          if (decoded.isAnswer) {
            seen.answers++
            expect(Object.getPrototypeOf(decoded.answer)).toBe(Object.prototype)
            expect(fieldNames).toEqual(expect.arrayContaining(Object.keys(decoded.answer)))
            expect(['string', 'number', 'boolean', 'undefined', 'object']).toContain(typeof decoded.answer.label)
            for (const numbers of [decoded.answer.scores, decoded.answer.vector])
              expect(numbers === undefined || numbers.every((one) => typeof one === 'number')).toBe(true)
          } else {
            seen.faults++
            expect(['corrupt', 'too-large']).toContain(decoded.fault)
          }
        },
      ),
      { numRuns: 500 },
    )
    expect(seen.answers).toBeGreaterThan(10)
    expect(seen.faults).toBeGreaterThan(10)
    expect(Object.hasOwn(Object.prototype, 'label')).toBe(false)
  })
})
