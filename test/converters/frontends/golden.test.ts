import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { differences, goldenNames, readGoldenCase, readSourceModel } from './golden-case.ts'

const names = goldenNames()

describe('scikit-learn answers', () => {
  it('are stored for every minor version from 1.0 to 1.9', () => {
    const minors = Array.from({ length: 10 }, (_, minor) => `1.${minor}`)
    expect(new Set(names.map((name) => name.split('/')[0]))).toEqual(new Set(minors))
  })

  it.each(names)('%s', (name) => {
    const golden = readGoldenCase(name)
    const model = readSourceModel(golden.file)
    expect(differences(model, model.graph, golden)).toEqual([])
    expect(differences(model, foldRegions(model.graph, model.schema), golden)).toEqual([])
  })
})
