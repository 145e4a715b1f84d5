// What the README says that code can check.

import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
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
  // UPDATE_README=1 npx vitest run test/readme.test.ts writes it
  if (process.env['UPDATE_README'] === '1' && printed !== table)
    writeFileSync(new URL('../README.md', import.meta.url), readme.replace(printed, table))
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
