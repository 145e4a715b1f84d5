// What the README says that code can check.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { supportedBoosters } from '../converters/frontends/boosters/booster-table.ts'
import { supportedLayers } from '../converters/frontends/layers/layer-table.ts'
import { supportedEstimators } from '../converters/frontends/sklearn/estimator-table.ts'
import { errorTable } from '../src/errors.ts'

type Spec = Readonly<Record<'name' | 'role' | 'versions' | 'notes', string>>

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('lists the estimators, boosters and layers of the specs, and no other', () => {
  const rowsOf = (specs: readonly Spec[]) =>
    specs.map(({ name, role, versions, notes }) => `| ${name} | ${role} | ${versions} | ${notes} |`)
  const table = [
    '| estimator | role | scikit-learn | what of it |',
    '|---|---|---|---|',
    ...rowsOf(supportedEstimators()),
    '',
    '| booster | role | framework | what of it |',
    '|---|---|---|---|',
    ...rowsOf(supportedBoosters()),
    '',
    '| layer | role | TensorFlow.js | what of it |',
    '|---|---|---|---|',
    ...rowsOf(supportedLayers()),
  ].join('\n')
  const [, printed] = /<!-- supported:begin -->\n([^]*?)\n<!-- supported:end -->/.exec(readme) ?? []
  // to mend it, paste what is expected here between the two comments
  expect(printed).toBe(table)
})

it('names only error codes that there are', () => {
  const codes = readme.match(/\b[A-Z]{4,}(?:_[A-Z]+)+\b/g) ?? []
  expect(codes.filter((code) => !Object.hasOwn(errorTable, code))).toEqual([])
})

it('holds both commands that a new user types', () => {
  expect(readme).toContain('npm ci && npm run demo')
  expect(readme).toContain('npm ci && npm test')
})
