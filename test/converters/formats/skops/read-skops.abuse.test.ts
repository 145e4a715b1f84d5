// Hostile and broken skops files in; errors, and no crash or hang, out. FUZZ_RUNS raises the number of changes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { detectFormat } from '../../../../converters/formats/detect.ts'
import { parsePythonLiteral } from '../../../../converters/formats/skops/python-literal.ts'
import { readSkops } from '../../../../converters/formats/skops/read-skops.ts'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'

const root = join(import.meta.dirname, '../../../golden/skops')
const read = (name: string) => new Uint8Array(readFileSync(join(root, name)))
const [forest, hist, odds] = ['forest', 'hist', 'odds'].map((name) => read(`sklearn-1.9.1/${name}.skops`))

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const json = (value: Json): Json => ({
  __class__: 'str',
  __module__: 'builtins',
  __loader__: 'JsonNode',
  content: JSON.stringify(value),
})
const node = (loader: string, rest: { [name: string]: Json } = {}): { [name: string]: Json } => ({
  __class__: 'list',
  __module__: 'builtins',
  __loader__: loader,
  ...rest,
})

function archive(schema: { [name: string]: Json } | string, files: Zippable = {}): Uint8Array {
  const text = typeof schema === 'string' ? schema : JSON.stringify({ protocol: 2, ...schema })
  return zipSync({ 'schema.json': strToU8(text), ...files })
}

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'none'
  } catch (error) {
    if (isMLError(error)) return error.code
    throw error
  }
}

function npy(header: string, content = new Uint8Array(0)): Uint8Array {
  return Uint8Array.from([
    0x93,
    ...strToU8('NUMPY'),
    1,
    0,
    header.length % 256,
    header.length >> 8,
    ...strToU8(header),
    ...content,
  ])
}

const array = (file: string): { [name: string]: Json } => ({
  ...node('NdArrayNode', { type: 'numpy', file }),
  __class__: 'ndarray',
  __module__: 'numpy',
})
const f8 = (shape: string) => `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`

let deep: Json = json(1)
for (let i = 0; i < 1000; i++) deep = node('ListNode', { content: [deep] })

const cases: readonly (readonly [what: string, code: string, bytes: Uint8Array])[] = [
  ['no schema', 'FILE_CORRUPT', zipSync({ 'a.npy': new Uint8Array(3) })],
  ['a schema that is no JSON', 'FILE_CORRUPT', archive('{"a"')],
  ['a schema that is a list', 'FILE_CORRUPT', archive('[1]')],
  ['a protocol of tomorrow', 'UNSUPPORTED', archive({ ...node('ListNode', { content: [] }), protocol: 3 })],
  ['no protocol', 'UNSUPPORTED', archive(JSON.stringify(node('ListNode', { content: [] })))],
  ['a loader of no kind', 'UNSUPPORTED', archive(node('EvilNode'))],
  ['a method', 'UNSUPPORTED', archive(node('MethodNode', { content: { func: 'system' } }))],
  [
    'a class outside the list',
    'UNSAFE_CONTENT',
    archive({ ...node('ObjectNode'), __module__: 'os', __class__: 'system' }),
  ],
  [
    'a function outside the list',
    'UNSAFE_CONTENT',
    archive({ ...node('FunctionNode'), __module__: 'builtins', __class__: 'eval' }),
  ],
  ['a scalar that is a list', 'FILE_CORRUPT', archive(json([1]) as { [name: string]: Json })],
  ['nodes in nodes without end', 'LIMIT_EXCEEDED', archive(deep as { [name: string]: Json })],
  ['an array without its file', 'FILE_CORRUPT', archive(array('a.npy'))],
  ['an array that is none', 'FILE_CORRUPT', archive(array('a.npy'), { 'a.npy': strToU8('NUMPY') })],
  ['an array of more than there is', 'FILE_CORRUPT', archive(array('a.npy'), { 'a.npy': npy(f8('(9,)')) })],
  ['an array of endless shape', 'LIMIT_EXCEEDED', archive(array('a.npy'), { 'a.npy': npy(f8('(99999999999,)')) })],
  ['an array of a negative shape', 'FILE_CORRUPT', archive(array('a.npy'), { 'a.npy': npy(f8('(-1,)')) })],
  ['a header that calls', 'FILE_CORRUPT', archive(array('a.npy'), { 'a.npy': npy(`__import__('os')`) })],
  ['pickled objects', 'FILE_CORRUPT', archive(array('a.npy'), { 'a.npy': npy(f8('(1,)').replace('<f8', '|O8')) })],
  [
    'a dict whose keys and types differ',
    'FILE_CORRUPT',
    archive({
      ...node('DictNode', { content: { a: json(1) }, key_types: node('ListNode', { content: [] }) }),
      __class__: 'dict',
    }),
  ],
]

it.each(cases)('refuses %s', (_, code, bytes) => {
  expect(codeOf(() => readSkops(bytes))).toBe(code)
})

describe('an archive', () => {
  it('whose part was changed is refused by its checksum', () => {
    const bytes = forest.slice()
    const at = strFromU8(bytes, true).indexOf('NUMPY') // stored parts only, if any
    bytes[at > 0 ? at + 20 : 60] ^= 1
    expect(codeOf(() => readSkops(bytes))).toBe('FILE_CORRUPT')
  })

  it('that unpacks without end is refused', () => {
    const bytes = archive(array('a.npy'), { 'a.npy': [new Uint8Array(2 ** 26), { level: 9 }] })
    expect(codeOf(() => readSkops(bytes))).toBe('LIMIT_EXCEEDED')
  })

  it('whose names are many and parts one is refused', () => {
    const zip = zipSync({ 'schema.json': strToU8('{}'), 'a.npy': [new Uint8Array(1000), { level: 0 }] })
    const copy = zip.slice()
    // Both entries of the directory name the same bytes, which are more than the file has.
    const view = new DataView(copy.buffer)
    const at = copy.length - 22 - 46 - 5
    view.setUint32(at + 20, copy.length, true)
    expect(codeOf(() => readSkops(copy))).toBe('FILE_CORRUPT')
  })

  it('is told from other archives', () => {
    expect(detectFormat(odds, 'model')).toBe('skops')
    expect(codeOf(() => detectFormat(zipSync({ 'data.pkl': strToU8('a') }), 'model.pt'))).toBe('UNSUPPORTED')
    expect(codeOf(() => readSkops(forest.subarray(0, forest.length - 1)))).toBe('FILE_CORRUPT')
  })
})

it.each([
  ["{'a': (1, -2), 'b': [True, None], \"c\": {}}", true],
  ['(1,)', true],
  ['[1 2]', false],
  ["{'a' 1}", false],
  ['1.5', false],
  ['f()', false],
  ['['.repeat(5000), false],
  ['', false],
])('a literal is read only where it is one: %s', (text, isOne) => {
  expect(parsePythonLiteral(text) !== undefined).toBe(isOne)
})

describe('a changed file', () => {
  const runCount = Number(process.env.FUZZ_RUNS ?? 300)
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  it.each([forest, hist, odds].map((bytes, i) => [i, bytes] as const))(
    'ends in an MLError or the same: %i',
    (_, bytes) => {
      fc.assert(
        fc.property(
          fc.array(fc.record({ place, byte: fc.nat(255) }), { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          (changes, isCut) => {
            const broken = bytes.slice(0, isCut ? Math.floor(changes[0].place * bytes.length) : bytes.length)
            for (const change of changes)
              if (broken.length > 0) broken[Math.floor(change.place * broken.length)] = change.byte
            codeOf(() => readSkops(broken))
          },
        ),
        { numRuns: runCount, seed: 20261123 },
      )
    },
  )

  const junk: readonly Json[] = [
    null,
    true,
    -1,
    1e308,
    '',
    '__proto__',
    '[',
    'NaN',
    [],
    {},
    [[]],
    json(0),
    node('ListNode', { content: [] }),
    node('DictNode'),
  ]

  it.each([forest, hist].map((bytes, i) => [i, bytes] as const))(
    'whose schema was changed ends so too: %i',
    (_, bytes) => {
      const { 'schema.json': schema, ...files } = unzipSync(bytes)
      const text = strFromU8(schema)
      const count = text.split(':').length
      fc.assert(
        fc.property(fc.nat(count), fc.constantFrom(...junk), (at, value) => {
          let left = at
          const document = JSON.parse(text, (_key, own: Json) => (left-- === 0 ? value : own)) as {
            [name: string]: Json
          }
          codeOf(() => sklearnToSourceModel(readSkops(archive(JSON.stringify(document), storedOf(files)))))
        }),
        { numRuns: Math.ceil(runCount / 4), seed: 20261123 },
      )
    },
  )
})

function storedOf(files: Record<string, Uint8Array>): Zippable {
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, [bytes, { level: 0 }]]))
}
