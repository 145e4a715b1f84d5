// Fitted models that are not supported: each is refused by an error that names what stands in the way.

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { isMLError } from '../../../../src/errors.ts'

const root = new URL('../../../golden/sklearn/unsupported/', import.meta.url)

test.each(readdirSync(root))('%s', (name) => {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, root))
  const { culprit } = JSON.parse(read('case.json').toString()) as { readonly culprit: string | null }
  const refusal = refusalOf(new Uint8Array(read('model.pkl')))
  // functions that are not known are refused as soon as the pickle is read
  expect(['UNSUPPORTED', 'UNSAFE_CONTENT', 'FILE_CORRUPT']).toContain(refusal?.code)
  expect(refusal?.message).toContain(culprit ?? 'expected')
})

function refusalOf(bytes: Uint8Array) {
  try {
    sklearnToSourceModel(readPickle(bytes))
    return undefined
  } catch (error) {
    if (isMLError(error)) return error
    throw error
  }
}
