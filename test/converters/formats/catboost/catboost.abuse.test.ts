// CatBoost files that are broken, hostile or beyond what is supported in; errors, never a crash or hang, out. FUZZ_RUNS
// raises the number of changes.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../../converters/fold/fold-regions.ts'
import { readCatboost } from '../../../../converters/formats/catboost/read-catboost.ts'
import { detectFormat } from '../../../../converters/formats/detect.ts'
import { isArtifactFiles } from '../../../../converters/convert/source-format.ts'
import { catboostToSourceModel } from '../../../../converters/frontends/catboost/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import { verifyRegions } from '../../../../src/regions/verify.ts'
import { catboostBytes } from '../../golden/catboost-cases.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Place = readonly (string | number)[]

const bytesOf = (document: Json | string) =>
  new TextEncoder().encode(typeof document === 'string' ? document : JSON.stringify(document))
const textOf = (name: string) => new TextDecoder().decode(catboostBytes(name))

/** `document` with the value at `place` exchanged, or taken out. */
function changed(name: string, place: Place, value: Json | undefined): Uint8Array {
  const document = JSON.parse(textOf(name)) as Json
  let at = document as Record<string | number, Json>
  for (const step of place.slice(0, -1)) at = at[step] as Record<string | number, Json>
  const last = place.at(-1) ?? ''
  if (value === undefined) delete at[last]
  else at[last] = value
  return bytesOf(document)
}

function convert(bytes: Uint8Array): void {
  const { graph, schema } = catboostToSourceModel(readCatboost(bytes))
  verifyRegions(graph)
  const folded = foldRegions(graph, schema)
  verifyRegions(folded)
  for (const fill of [1, Number.NaN]) {
    const row = new Float64Array(schema.features.length).fill(fill)
    expect(interpret(folded, row)).toEqual(interpret(graph, row))
  }
}

const split = ['oblivious_trees', 0, 'splits', 0] as const
const float = ['features_info', 'float_features', 0] as const
const many: Json = Array.from({ length: 17 }, () => ({ border: 0, float_feature_index: 0, split_type: 'FloatFeature' }))

const cases: readonly (readonly [what: string, code: string, words: RegExp, bytes: Uint8Array])[] = [
  ['target statistics', 'UNSUPPORTED', /target statistics.*one_hot_max_size/, catboostBytes('1.2.10/refused/ctr')],
  ['target statistics of 1.0', 'UNSUPPORTED', /target statistics/, catboostBytes('1.0.6/refused/ctr')],
  ['categories by hash', 'UNSUPPORTED', /hash alone.*pool=/, catboostBytes('1.2.10/refused/hashes')],
  [
    'a loss with two meanings',
    'UNSUPPORTED',
    /RMSEWithUncertainty.*Supported are/,
    catboostBytes('1.2.10/refused/uncertainty'),
  ],
  [
    'a threshold of its own',
    'UNSUPPORTED',
    /set_probability_threshold/,
    changed('1.2.10/logloss', ['model_info', 'binclass_probability_threshold'], '0.7'),
  ],
  [
    'a split of tomorrow',
    'UNSUPPORTED',
    /split of type "New"/,
    changed('1.2.10/rmse', [...split, 'split_type'], 'New'),
  ],
  [
    'text splits',
    'UNSUPPORTED',
    /text or embedding/,
    changed('1.2.10/rmse', [...split, 'split_type'], 'EstimatedFeature'),
  ],
  ['no trees', 'UNSUPPORTED', /without trees/, changed('1.2.10/rmse', ['oblivious_trees'], [])],
  ['no features', 'UNSUPPORTED', /without features/, changed('1.2.10/rmse', ['features_info'], {})],
  ['no model', 'UNSUPPORTED', /model of CatBoost/, bytesOf({ features_info: {} })],
  [
    'a leaf too few',
    'FILE_CORRUPT',
    /leaf_values/,
    changed('1.2.10/rmse', ['oblivious_trees', 0, 'leaf_values'], [1, 2, 3]),
  ],
  [
    'leaves that are no numbers',
    'FILE_CORRUPT',
    /leaf_values/,
    bytesOf(textOf('1.2.10/rmse').replace(/"leaf_values": \[[^,]+/, '"leaf_values": [NaN')),
  ],
  ['a border beyond float32', 'FILE_CORRUPT', /border/, changed('1.2.10/rmse', [...split, 'border'], 1e300)],
  [
    'a split on no feature',
    'FILE_CORRUPT',
    /float_feature_index/,
    changed('1.2.10/rmse', [...split, 'float_feature_index'], 99),
  ],
  [
    'two features at one place',
    'FILE_CORRUPT',
    /flat_feature_index/,
    changed('1.2.10/rmse', [...float, 'flat_feature_index'], 1),
  ],
  [
    'features without end',
    'LIMIT_EXCEEDED',
    /featureCount/,
    changed('1.2.10/rmse', [...float, 'flat_feature_index'], 1e9),
  ],
  [
    'a tree of too many levels',
    'LIMIT_EXCEEDED',
    /treeDepth/,
    changed('1.2.10/rmse', ['oblivious_trees', 0, 'splits'], many),
  ],
  [
    'an unknown treatment of missing values',
    'FILE_CORRUPT',
    /AsTrue/,
    changed('1.2.10/rmse', [...float, 'nan_value_treatment'], 'AsMean'),
  ],
  ['no bias', 'FILE_CORRUPT', /scale_and_bias/, changed('1.2.10/rmse', ['scale_and_bias'], [1, []])],
  [
    'a bias a class too few',
    'FILE_CORRUPT',
    /class|bias|leaf_values/,
    changed('1.2.10/multiclass', ['scale_and_bias'], [1, [0, 0]]),
  ],
  [
    'labels that repeat',
    'FILE_CORRUPT',
    /differ/,
    changed('1.2.10/multiclass', ['model_info', 'class_params', 'class_names'], ['a', 'a', 'b']),
  ],
  ['no loss', 'FILE_CORRUPT', /loss/, changed('1.2.10/rmse', ['model_info', 'params'], {})],
  [
    'a branch that ends in nothing',
    'FILE_CORRUPT',
    /value/,
    changed('1.2.10/depthwise', ['trees', 0, 'left', 'left'], {}),
  ],
  ['half a branch', 'FILE_CORRUPT', /left/, changed('1.2.10/depthwise', ['trees', 0, 'left'], undefined)],
  ['branches without end', 'LIMIT_EXCEEDED', /depth/, bytesOf(`{"features_info":${'{"a":'.repeat(200)}`)],
  ['a file that was cut', 'FILE_CORRUPT', /end of the file/, catboostBytes('1.2.10/rmse').subarray(0, 3000)],
]

it.each(cases)('refuses %s', (_, code, words, bytes) => {
  expect(() => convert(bytes)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(words) }))
})

describe('the format', () => {
  it('is found in whatever order the names come', () => {
    const bytes = catboostBytes('1.2.10/rmse')
    const document = JSON.parse(textOf('1.2.10/rmse')) as Record<string, Json>
    const turned = bytesOf(Object.fromEntries(Object.entries(document).reverse()))
    expect([bytes, turned].map((file) => detectFormat(file, 'model.json'))).toEqual(['catboost', 'catboost'])
    expect(isArtifactFiles({ 'model.json': bytes })).toBe(false)
  })
})

it.each([
  ['the bias as a number, as before 0.24', ['scale_and_bias'], [1, 0.5]],
  ['parameters as a text', ['model_info', 'params'], '{"loss_function":{"type":"RMSE"}}'],
  ['no weights', ['oblivious_trees', 0, 'leaf_weights'], undefined],
  ['a tree of one leaf', ['oblivious_trees', 0], { leaf_values: [0.5] }],
  ['a pool without categories', ['features_info', 'cat_features_hash'], null],
] as const)('takes %s', (_, place, value) => {
  expect(() => convert(changed('1.2.10/rmse', place, value as Json | undefined))).not.toThrow()
})

describe('categories', () => {
  const info = ['features_info', 'categorical_features'] as const
  const dtypesOf = (bytes: Uint8Array) =>
    catboostToSourceModel(readCatboost(bytes)).schema.features.map(({ dtype }) => dtype)

  it('that are whole numbers are numbers, as a table has them', () => {
    expect(dtypesOf(catboostBytes('1.2.10/one_hot'))).toEqual(['number', 'string', 'number', 'number', 'string'])
  })

  it('of the one feature that has some are texts where any is', () => {
    const { features_info } = JSON.parse(textOf('1.2.10/one_hot')) as { features_info: Record<string, Json[]> }
    const room = features_info['categorical_features'][1] as Record<string, Json>
    const number = changed('1.2.10/one_hot', ['oblivious_trees'], [{ leaf_values: [1] }])
    const document = JSON.parse(new TextDecoder().decode(number)) as { features_info: Record<string, Json> }
    document.features_info[info[1]] = [room]
    expect(dtypesOf(bytesOf(document as unknown as Json))[2]).toBe('string')
    const hashes = document.features_info['cat_features_hash'] as { value: string }[]
    document.features_info['cat_features_hash'] = hashes.filter(({ value }) => /^\d+$/.test(value)) as unknown as Json
    expect(dtypesOf(bytesOf(document as unknown as Json))[2]).toBe('number')
  })
})

describe('a changed file', () => {
  const runCount = Number(process.env.FUZZ_RUNS ?? 300)
  const names = ['1.2.10/nan_max', '1.2.10/one_hot', '1.2.10/depthwise', '1.0.6/multiclass']

  function ends(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (!isMLError(error)) throw error
    }
  }

  it.each(names)('with other bytes ends in an MLError or a model: %s', (name) => {
    const bytes = catboostBytes(name)
    const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    const change = fc.record({
      place,
      byte: fc.oneof(fc.nat(255), fc.constantFrom(...new TextEncoder().encode('0123456789-,.[]{}":'))),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const broken = bytes.slice()
        for (const { place, byte } of changes) broken[Math.floor(place * broken.length)] = byte
        ends(() => convert(broken))
      }),
      { numRuns: runCount, seed: 20261123 },
    )
  })

  const junk: readonly Json[] = [
    null,
    true,
    -1,
    0,
    0.5,
    1e9,
    2 ** 53,
    '',
    '__proto__',
    'NaN',
    [],
    {},
    [1],
    [[]],
    ['a'],
    { split: {} },
  ]

  it.each(names)('with other values ends so too: %s', (name) => {
    const text = textOf(name)
    const count = text.split(':').length
    fc.assert(
      fc.property(fc.nat(count), fc.constantFrom(...junk), (at, value) => {
        let left = at
        ends(() => convert(bytesOf(JSON.parse(text, (_key, own: Json) => (left-- === 0 ? value : own)) as Json)))
      }),
      { numRuns: runCount, seed: 20261123 },
    )
  })
})
