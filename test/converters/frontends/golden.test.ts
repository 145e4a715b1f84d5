import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { differences, goldenNames, readGoldenCase, readSourceModel } from './golden-case.ts'

/** Cases of parts that are refused, with what the error must name. */
const refused: readonly (readonly [pattern: RegExp, named: RegExp])[] = [
  [/gradient_boosting_classifier_init_logistic/, /init=LogisticRegression/],
  [/gradient_boosting_regressor_init_linear/, /init=LinearRegression/],
]

const names = goldenNames()

describe('scikit-learn answers', () => {
  it('are stored for three versions', () => {
    expect(new Set(names.map((name) => name.split('/')[0]))).toEqual(new Set(['1.2', '1.6', '1.9']))
  })

  it.each(names)('%s', (name) => {
    const golden = readGoldenCase(name)
    const refusal = refused.find(([pattern]) => pattern.test(name))
    if (refusal !== undefined) {
      expect(() => readSourceModel(golden.file)).toThrow(
        expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(refusal[1]) }),
      )
      return
    }
    const model = readSourceModel(golden.file)
    expect(differences(model, model.graph, golden)).toEqual([])
    expect(differences(model, foldRegions(model.graph, model.schema), golden)).toEqual([])
  })
})
