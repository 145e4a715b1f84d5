// A source model and notes about its features in; the model with units, ranges and descriptions out.
import { expect, test } from 'vitest'
import { annotate, assertFeatureNotes } from '../../../converters/convert/annotate.ts'
import type { SourceModel } from '../../../converters/frontends/source-model.ts'

const source = {
  kind: 'regressor',
  schema: {
    features: ['price', 'sqft'].map((name) => ({ name, dtype: 'number', used: true, missing: 'error' })),
    outputs: ['value'],
  },
} as unknown as SourceModel

test('adds what the source does not know, feature by feature', () => {
  const { schema } = annotate(source, [{ name: 'sqft', units: 'square feet', range: [0, 10_000] }])
  expect(schema.features).toEqual([
    source.schema.features[0],
    { ...source.schema.features[1], units: 'square feet', range: [0, 10_000] },
  ])
})

test('leaves a model without notes as it is', () => {
  expect(annotate(source)).toBe(source)
})

test('names a feature that is not there, and the nearest that is', () => {
  expect(() => annotate(source, [{ name: 'pric', units: 'USD' }])).toThrow(/pric.*price/)
})

test.each([
  ['no list', {}],
  ['no name', [{ units: 'USD' }]],
  ['a key that is none', [{ name: 'price', unit: 'USD' }]],
  ['a range of one', [{ name: 'price', range: [0] }]],
  ['a range without end', [{ name: 'price', range: [0, Infinity] }]],
])('refuses %s', (_, notes) => {
  expect(() => assertFeatureNotes(notes)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})
