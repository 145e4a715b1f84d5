// The versions that are said to be tested, held to what the committed goldens say that they are of.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { frameworkOf, frameworks } from '../../../converters/frontends/tested-versions.ts'
import { supportedBoosters } from '../../../converters/frontends/boosters/booster-table.ts'

const golden = new URL('../../golden/', import.meta.url)

/** Folder of the goldens of each framework, and the name that its own files state their version by. */
const places = {
  'scikit-learn': ['sklearn', 'sklearn'],
  LightGBM: ['lightgbm', 'lightgbm'],
  XGBoost: ['xgboost', 'xgboost'],
  CatBoost: ['catboost', 'catboost'],
} as const

function statedVersions(folder: string, key: string): string[] {
  const found = new Set<string>()
  for (const entry of readdirSync(new URL(folder, golden), { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.json')) continue
    const head = readFileSync(new URL(`${folder}/${entry}`, golden), 'utf8').slice(0, 4000)
    const [, version] = new RegExp(`"${key}": ?"([\\d.]+)"`).exec(head) ?? []
    if (version !== undefined) found.add(version)
  }
  return [...found].sort()
}

test.each(Object.entries(places).filter(([, [folder]]) => existsSync(new URL(folder, golden))))(
  'names the versions of %s that goldens are of',
  (name, [folder, key]) => {
    const { tested } = frameworks.find((framework) => framework.name === name) ?? { tested: [] }
    expect([...tested].sort()).toEqual(statedVersions(folder, key))
  },
)

test('names the version of TensorFlow.js that layers models are made with', () => {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  expect(frameworks.find(({ name }) => name === 'TensorFlow.js')?.tested).toEqual([
    devDependencies['@tensorflow/tfjs-layers'],
  ])
})

test('knows the framework of every booster', () => {
  for (const booster of supportedBoosters()) expect(booster.versions.startsWith(frameworkOf(booster).name)).toBe(true)
})
