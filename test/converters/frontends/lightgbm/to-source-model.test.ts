// What a LightGBM file says in; schema, head and answers of the source model out.
import { expect, it } from 'vitest'
import { readLightgbm } from '../../../../converters/formats/lightgbm/read-lightgbm.ts'
import { lightgbmToSourceModel } from '../../../../converters/frontends/lightgbm/to-source-model.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import { readLightgbmCase } from '../../golden/lightgbm-cases.ts'
import { type Lines, lightgbmText } from '../../formats/lightgbm/lightgbm-text.ts'

const modelOf = (changes: Lines = {}, end = '') => lightgbmToSourceModel(readLightgbm(lightgbmText(changes, { end })))

function leftOf(changes: Lines, values: readonly number[]): boolean[] {
  const { graph } = modelOf(changes)
  return values.map((b) => interpret(graph, [0, b])[0] === -1)
}

it('names features as the file does, and says which are read', () => {
  const { schema, source } = modelOf()
  expect(schema.features).toEqual([
    { name: 'a', dtype: 'number', used: false, missing: 'handled' },
    { name: 'b', dtype: 'number', used: true, missing: 'handled', infinite: true },
  ])
  expect(source).toEqual({ framework: 'LightGBM', frameworkVersion: 'v4', estimator: 'Booster(regression)' })
})

it('keeps the rows of training in leaves as their cover', () => {
  expect(modelOf().graph.regions.at(-1)).toMatchObject({ cover: Float64Array.of(30, 70) })
  expect(modelOf({ leaf_count: '' }).graph.regions.at(-1)).toMatchObject({ cover: new Float64Array(0) })
})

it('reads categories of pandas as values of the schema', () => {
  const { bytes } = readLightgbmCase('4.6', 'categories_pandas')
  const { schema } = lightgbmToSourceModel(readLightgbm(bytes))
  expect(schema.features.map(({ dtype, categories }) => [dtype, categories])).toEqual([
    ['number', undefined],
    ['string', ['a:b=c d', 'blue', 'green', 'grün, hell', 'red']],
    ['number', [-4, 10, 20, 35]],
    ['number', [0.5, 1.25, 9]],
    ['boolean', undefined],
  ])
})

it('cuts codes to integers, and sends missing, negative and unknown ones right', () => {
  const codes = { decision_type: '1', threshold: '0', num_cat: '1', cat_boundaries: '0 2', cat_threshold: '5 2' }
  const values = [0, 0.99, -0.99, 1, 2, 2.5, 3, 33, 33.9, 34, 65, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40]
  const left = [0, 0.99, -0.99, 2, 2.5, 33, 33.9]
  expect(leftOf(codes, values)).toEqual(values.map((value) => left.includes(value)))
})

const tiny = Math.fround(1e-35)

it.each([
  ['NaN is 0 where nothing can be missing', '0', '-0.5', [Number.NaN, 0, -1], [false, false, true]],
  ['NaN is 0 where nothing can be missing', '2', '0.5', [Number.NaN, 0, 1], [true, true, false]],
  ['NaN goes as the file says', '8', '0.5', [Number.NaN, 0, 1], [false, true, false]],
  ['NaN goes as the file says', '10', '-0.5', [Number.NaN, 0, -1], [true, false, true]],
  [
    'zeros and NaN are missing',
    '4',
    '0.5',
    [Number.NaN, 0, tiny, -tiny, 1e-34, -1e-34],
    [false, false, false, false, true, true],
  ],
  [
    'zeros and NaN are missing',
    '6',
    '-0.5',
    [Number.NaN, 0, tiny, -tiny, 1e-34, -1],
    [true, true, true, true, false, true],
  ],
])('%s (decision type %s)', (_, decision, threshold, values, expected) => {
  expect(leftOf({ decision_type: decision, threshold }, values)).toEqual(expected)
})

it('gives a raw value for an objective that the file does not name', () => {
  const text = new TextDecoder().decode(lightgbmText()).replace('objective=regression\n', '')
  const { head } = lightgbmToSourceModel(readLightgbm(new TextEncoder().encode(text)))
  expect(head).toEqual({ kind: 'regressor', link: 'identity', targetCount: 1 })
})

it('reads files with the line ends of Windows', () => {
  const text = new TextDecoder().decode(lightgbmText()).replaceAll('\n', '\r\n')
  const { graph } = lightgbmToSourceModel(readLightgbm(new TextEncoder().encode(text)))
  expect(interpret(graph, [0, 3])).toEqual(Float64Array.of(4))
})
