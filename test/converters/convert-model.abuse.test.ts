// Wrong sources and options in, errors that say what is wrong out.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type ConvertOptions, type ConvertSource, convertModel, inspectModel } from '../../converters/index.ts'

const path = new URL('../golden/sklearn/1.9/decision_tree_classifier/', import.meta.url).pathname
const { file } = JSON.parse(readFileSync(`${path}case.json`, 'utf8')) as { file: string }
const source = `${path}${file}`

const badOptions: readonly (readonly [name: string, options: object, text: RegExp])[] = [
  ['a misspelt option', { quantise: 'uint8' }, /quantise/],
  ['options that are no object', null as never, /options of convertModel/],
  ['a signal that is none', { signal: {} }, /AbortSignal/],
  ['an unknown mode', { quantize: 'int4' }, /one of none, float16, uint8, uint16, got "int4"/],
  ['a version that is none', { version: '1.0' }, /semantic version/],
  ['a name with a slash', { name: '../x' }, /letters, digits/],
  ['an unknown format', { format: 'onnx' }, /one of auto, pickle/],
  ['an unknown backend', { backend: 'tpu' }, /one of wasm, cpu/],
  ['a tolerance of an unknown part', { tolerance: { label: 1 } }, /tolerance\.label/],
  ['a negative tolerance', { tolerance: { value: -1 } }, /at least 0/],
  ['a tolerance of golden answers that are not given', { tolerance: { value: 1 } }, /tolerance .*together with golden/],
  ['golden rows to store that are not given', { storeGolden: true }, /together with golden/],
  ['a golden path that is not there', { golden: `${path}none.json` }, /option golden/],
  [
    'golden rows of another width',
    { golden: { rows: [[1]], expected: { predict: ['no'] } } },
    /^golden row 0: expected 9/,
  ],
  [
    'golden labels of another model',
    { golden: { rows: [[1]], expected: { predict: ['a'] } } },
    /classes \("no", "yes"\)/,
  ],
  ['evaluation rows of another width', { evaluation: { rows: [[1]], truth: ['no'] } }, /^evaluation row 0: expected 9/],
  [
    'truth that no label can be',
    { evaluation: { rows: [[1]], truth: [1] } },
    /labels of the model \("no", "yes"\), got 1/,
  ],
  ['a note about no feature', { features: [{ name: 'no_such', units: 'USD' }] }, /no_such/],
  ['a range that ends before it begins', { features: [{ name: 'a', range: [5, 1] }] }, /range of a .*got \[5, 1\]/],
  ['notes that are no list', { features: {} }, /option features.*list/],
  ['a training record without data', { training: { seed: 1 } }, /option training.*data/],
  ['gates that are none', { gates: 0.9 }, /option gates .*maxSize, minAccuracy/],
  ['a misspelt gate', { gates: { maxFlip: 0 } }, /gates\.maxFlip .*did you mean maxFlips\?/],
  ['a gate of every object', { gates: { constructor: 0 } }, /gates\.constructor/],
  ['a size that is none', { gates: { maxSize: '3 parsecs' } }, /gates\.maxSize .*300 KiB.*got "3 parsecs"/],
  [
    'an accuracy in percent',
    { gates: { minAccuracy: 95 }, evaluation: {} },
    /gates\.minAccuracy .*from 0 to 1; got 95/,
  ],
  ['an accuracy without evaluation rows', { gates: { minAccuracy: 0.9 } }, /minAccuracy .*together with evaluation/],
  ['flips without rows', { gates: { maxFlips: 0 } }, /together with golden or evaluation or calibration/],
  ['calibration without rows', { calibration: [[1]] }, /\{ "rows"/],
  ['no calibration rows', { calibration: { rows: [] } }, /at least one row/],
  ['calibration rows of another width', { calibration: { rows: [[1]] } }, /^calibration row 0: expected 9/],
]

test.each(badOptions)('refuses %s', async (_name, options, text) => {
  await expect(convertModel(source, options as ConvertOptions)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(text),
  })
})

const badSources: readonly (readonly [name: string, source: ConvertSource, code: string])[] = [
  ['a path that is not there', `${path}none.joblib`, 'MODEL_LOAD_FAILED'],
  ['no files', {}, 'FORMAT_UNKNOWN'],
  ['nothing', undefined as never, 'INPUT_INVALID'],
  ['null', null as never, 'INPUT_INVALID'],
  ['bytes without a name', Uint8Array.of(0x80, 4) as never, 'INPUT_INVALID'],
  ['a list', [Uint8Array.of(0x80, 4)] as never, 'INPUT_INVALID'],
  ['an empty file', { 'model.pkl': new Uint8Array(0) }, 'FORMAT_UNKNOWN'],
  ['two models', { 'a.pkl': Uint8Array.of(0x80, 4), 'b.pkl': Uint8Array.of(0x80, 4) }, 'FORMAT_UNKNOWN'],
  ['a zip archive', { 'model.keras': Uint8Array.of(0x50, 0x4b, 3, 4) }, 'UNSUPPORTED'],
  ['a cut pickle', { 'model.pkl': new Uint8Array(readFileSync(source)).subarray(0, 200) }, 'FILE_CORRUPT'],
]

describe.each(badSources)('%s', (_name, bad, code) => {
  test('is refused by convertModel', async () => {
    await expect(convertModel(bad)).rejects.toMatchObject({ code })
  })

  test('ends in an error or a list of problems of inspectModel', async () => {
    const inspection = await inspectModel(bad).catch((error: unknown) => ({ problems: [error] }))
    expect(inspection).toMatchObject({ problems: [{ code }] })
  })
})

test('an abort before the start is heard before anything is read', async () => {
  const reason = new Error('stop')
  await expect(convertModel('/nowhere', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test('inspectModel lists a damaged file as a problem', async () => {
  const cut = new Uint8Array(readFileSync(source)).subarray(0, 200)
  expect(await inspectModel({ 'model.pkl': cut })).toMatchObject({
    estimator: null,
    problems: [{ code: 'FILE_CORRUPT' }],
  })
})
