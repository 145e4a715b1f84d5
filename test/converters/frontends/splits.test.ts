import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { differences, readSourceModel } from './golden-case.ts'

type Splits = {
  readonly base: readonly (readonly unknown[])[]
  /** Index into base, index of a feature, and the value it gets there. */
  readonly cases: readonly (readonly [number, number, unknown])[]
  readonly expected: Readonly<Record<string, readonly unknown[]>>
}

const root = join(import.meta.dirname, '../../golden/sklearn/splits')
const models = join(import.meta.dirname, '../../../models')

describe('answers at the flip point of every split and at both its neighbours', () => {
  it.each(readdirSync(root).filter((name) => existsSync(join(root, name, 'splits.json'))))('%s', (name) => {
    const { base, cases, expected } = JSON.parse(readFileSync(join(root, name, 'splits.json'), 'utf8')) as Splits
    const rows = cases.map(([row, feature, value]) => base[row].map((item, i) => (i === feature ? value : item)))
    const model = readSourceModel(join(root, name, 'model.joblib'))
    const golden = { name, file: '', rows, expected }
    expect(differences(model, model.graph, golden)).toEqual([])
    expect(differences(model, foldRegions(model.graph, model.schema), golden)).toEqual([])
  })
})

describe('held-out rows of the models of this repository that scikit-learn made', () => {
  it.each(readdirSync(models).filter((name) => existsSync(join(models, name, 'model.joblib'))))('%s', (name) => {
    const heldout = JSON.parse(readFileSync(join(models, name, 'heldout.json'), 'utf8')) as Pick<Splits, 'expected'> & {
      readonly rows: readonly unknown[]
    }
    const model = readSourceModel(join(models, name, 'model.joblib'))
    const folded = foldRegions(model.graph, model.schema)
    expect(differences(model, folded, { name, file: '', ...heldout })).toEqual([])
  })
})
