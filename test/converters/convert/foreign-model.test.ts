// Folders with a model.json in; whether an artifact may be written over it out.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assertNoForeignModel, writeArtifactFiles } from '../../../converters/convert/source-files.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'foreign-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const versions = new URL('../../../models/churn_predictor_v2/versions/2.0.0/', import.meta.url)
const layers = readFileSync(new URL('../../../models/lead_scorer_v2/source/model.json', import.meta.url), 'utf8')

test.each([
  ['a layers model', layers],
  ['a model of XGBoost', '{"learner":{}}'],
  ['a model of CatBoost', '{"oblivious_trees":[]}'],
  ['a graph of others', '{"format":"graph-model","modelTopology":{"node":[]}}'],
  ['a list', '[]'],
])('keeps %s as it is', async (_name, text) => {
  writeFileSync(join(folder, 'model.json'), text)
  writeFileSync(join(folder, 'group1-shard1of1.bin'), 'weights')
  const files = { 'model.json': Uint8Array.of(1), 'group1-shard1of1.bin': Uint8Array.of(2) }
  await expect(writeArtifactFiles(folder, files)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/outDir must be a folder of its own.*overwritten/),
  })
  expect(readFileSync(join(folder, 'model.json'), 'utf8')).toBe(text)
  expect(readFileSync(join(folder, 'group1-shard1of1.bin'), 'utf8')).toBe('weights')
})

test('lets an artifact, what is no JSON, and a folder without either be replaced', async () => {
  await expect(assertNoForeignModel(join(folder, 'new'))).resolves.toBeUndefined()
  await expect(assertNoForeignModel(folder)).resolves.toBeUndefined()
  writeFileSync(join(folder, 'model.json'), readFileSync(new URL('model.json', versions)))
  await expect(assertNoForeignModel(folder)).resolves.toBeUndefined()
  writeFileSync(join(folder, 'model.json'), '{"format":')
  await expect(assertNoForeignModel(folder)).resolves.toBeUndefined()
})
