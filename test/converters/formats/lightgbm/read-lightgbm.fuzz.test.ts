// LightGBM files with bytes changed, lost, added or exchanged in; a model that can be folded or an MLError out, soon.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { foldRegions } from '../../../../converters/fold/fold-regions.ts'
import { readLightgbm } from '../../../../converters/formats/lightgbm/read-lightgbm.ts'
import { lightgbmToSourceModel } from '../../../../converters/frontends/lightgbm/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import { verifyRegions } from '../../../../src/regions/verify.ts'
import { readLightgbmCase } from '../../golden/lightgbm-cases.ts'

const runCount = Number(process.env.FUZZ_RUNS ?? 800)
const minutesAtMost = 30 * 60_000

const names = ['categories_codes', 'categories_pandas', 'missing_zero', 'rf_multiclass', 'single_leaves']
/** The head, two trees and the end: small texts are hit where it matters. */
const files = names.map((name) => {
  const text = new TextDecoder().decode(readLightgbmCase('4.6', name).bytes)
  const third = text.indexOf('\nTree=3\n')
  return third < 0 ? text : text.slice(0, third + 1) + text.slice(text.indexOf('end of trees'))
})
/** Spread evenly, unlike doubles, of which most lie near 0. */
const place = fc.integer({ min: 0, max: 99_999 }).map((part) => part / 100_000)
const word = fc.constantFrom('', ' ', '\n', '=', '-1', '0', '1e400', 'inf', 'nan', '999999999999', '1.5', ':', '[', 'é')
const lineStart = fc.constantFrom(
  'num_leaves=',
  'num_cat=',
  'left_child=',
  'decision_type=',
  'cat_boundaries=',
  'cat_threshold=',
)
const header = fc.constantFrom(
  'max_feature_idx=',
  'num_tree_per_iteration=',
  'feature_names=',
  'objective=',
  'version=',
)

type Mutation = (text: string) => string

const change: fc.Arbitrary<Mutation> = fc.tuple(place, word, fc.nat(6)).map(([where, given, length]) => (text) => {
  const start = Math.floor(where * text.length)
  return text.slice(0, start) + given + text.slice(start + length)
})
const changeLine: fc.Arbitrary<Mutation> = fc.tuple(fc.oneof(lineStart, header), fc.array(word, { maxLength: 4 })).map(
  ([key, values]) =>
    (text) =>
      text.replace(new RegExp(`${key}.*`), key + values.join(' ')),
)
const dropLine: fc.Arbitrary<Mutation> = place.map((where) => (text) => {
  const lines = text.split('\n')
  lines.splice(Math.floor(where * lines.length), 1)
  return lines.join('\n')
})
const truncate: fc.Arbitrary<Mutation> = place.map((where) => (text) => text.slice(0, Math.floor(where * text.length)))
const mutations = fc.array(fc.oneof(change, change, changeLine, dropLine, truncate), { minLength: 1, maxLength: 4 })

it(
  'survives every mutated file',
  () => {
    let modelCount = 0
    const property = fc.property(fc.constantFrom(...files), mutations, (file, steps) => {
      const bytes = new TextEncoder().encode(steps.reduce((text, step) => step(text), file))
      const before = process.cpuUsage()
      try {
        const { graph, schema } = lightgbmToSourceModel(readLightgbm(bytes))
        const folded = foldRegions(graph, schema)
        verifyRegions(folded)
        for (const value of [0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
          const row = new Float64Array(schema.features.length).fill(value)
          expect(interpret(folded, row)).toEqual(interpret(graph, row))
        }
        modelCount++
      } catch (error) {
        if (!isMLError(error)) throw error
      }
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000)
    })
    fc.assert(property, { numRuns: runCount })
    expect(modelCount).toBeGreaterThan(runCount / 20)
  },
  minutesAtMost,
)
