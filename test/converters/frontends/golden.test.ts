import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { differences, goldenNames, readGoldenCase, readSourceModel } from './golden-case.ts'

const names = goldenNames()

describe('scikit-learn answers', () => {
  it('are stored for four versions', () => {
    expect(new Set(names.map((name) => name.split('/')[0]))).toEqual(new Set(['1.0', '1.2', '1.6', '1.9']))
  })

  it.each(names)('%s', (name) => {
    const golden = readGoldenCase(name)
    const model = readSourceModel(golden.file)
    expect(differences(model, model.graph, golden)).toEqual([])
    expect(differences(model, foldRegions(model.graph, model.schema), golden)).toEqual([])
  })
})
