// What a run could not end with is said before anything is trained, and leaves nothing behind.
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { trainModel, type TrainOptions } from '../../src/training/train-model.ts'
import { sampleFolder, sampleRules } from './sample-folder.ts'

const trainer = {
  train: () => Promise.reject(new Error('must not be asked')),
}
const train = (folder: string, options: TrainOptions = {}) =>
  trainModel(folder, { trainer, fallbacks: sampleRules, ...options })
const refusal = (code: string, text: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(text) as string }) as Error

test('a version that is none is refused', async () => {
  await expect(train(await sampleFolder(), { version: 'latest' })).rejects.toThrow(
    refusal('INPUT_INVALID', 'version must be one such as 2.1.0'),
  )
})

test('a rule that nobody knows is refused', async () => {
  await expect(train(await sampleFolder(), { fallbacks: {} })).rejects.toThrow(
    refusal('VALIDATION_FAILED', 'names the fallback rule sample_rule, which is unknown'),
  )
})

test('a rule that gives no number is refused', async () => {
  const fallbacks = { sample_rule: () => ({ label: 'maybe' }) }
  await expect(train(await sampleFolder(), { fallbacks })).rejects.toThrow(
    refusal('VALIDATION_FAILED', 'the fallback rule must answer with a value'),
  )
})

test('a folder of another name than the model is refused, by default and as the folder to write to', async () => {
  const folder = await sampleFolder()
  const renamed = join(folder, '..', 'renamed')
  renameSync(folder, renamed)
  const expected = refusal('VALIDATION_FAILED', 'training.json names the model sample; expected renamed')
  await expect(train(renamed)).rejects.toThrow(expected)
})

test('a service.json of another model is refused, in the folder and in the one to write to, which stays as it was', async () => {
  await expect(train(await sampleFolder({ service: { name: 'other' } }))).rejects.toThrow(
    refusal('VALIDATION_FAILED', 'names the model other'),
  )
  const folder = await sampleFolder()
  const out = join(folder, '..', 'out')
  mkdirSync(join(out, 'sample'), { recursive: true })
  writeFileSync(join(out, 'sample', 'service.json'), '{ "name": "foreign" }')
  await expect(train(folder, { out })).rejects.toThrow(refusal('VALIDATION_FAILED', 'names the model foreign'))
  expect(readdirSync(join(out, 'sample'))).toEqual(['service.json'])
})

test('features of service.json that are not those of training.json are refused', async () => {
  const schema = { features: [{ name: 'a', dtype: 'number' }], outputs: ['label'] }
  await expect(train(await sampleFolder({ service: { schema } }))).rejects.toThrow(
    refusal('VALIDATION_FAILED', 'must have the features of training.json'),
  )
})

test('a file where the folder to write to should be is refused, and a folder that is not there yet is not made', async () => {
  const folder = await sampleFolder()
  const out = join(folder, '..', 'out')
  writeFileSync(out, '')
  await expect(train(folder, { out })).rejects.toThrow(
    refusal('INPUT_INVALID', 'a run must be able to write its folder'),
  )
  const fresh = join(folder, '..', 'fresh')
  await expect(train(folder, { out: fresh })).rejects.toThrow('must not be asked')
  expect(existsSync(fresh)).toBe(false)
})
