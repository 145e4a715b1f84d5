// The name of a golden case in; its document, as it is, with another attribute, or changed again and again, out.

import { readFileSync } from 'node:fs'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { NdArray, type PyValue } from '../../../../converters/formats/pickle/values.ts'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { verifyRegions } from '../../../../src/regions/verify.ts'
import { Random } from '../../fold/random-graph.ts'
import { readGoldenCase } from '../golden-case.ts'
import { corruptNumber, junk, slotsOf } from './mutated-document.ts'

export function documentOf(name: string): PyValue {
  return readPickle(readFileSync(readGoldenCase(name).file))
}

/** The last attribute of that name has `value`. */
export function withAttribute(name: string, attribute: string, value: PyValue): PyValue {
  const document = documentOf(name)
  const slot = slotsOf(document).findLast(({ path }) => path.endsWith(`.${attribute}`))
  if (slot === undefined) throw new Error(`no attribute ${attribute}`)
  slot.set(value)
  return document
}

/** @throws where one of `count` changes ends neither in a model that can be run nor in an error that names it */
export function surviveChanges(name: string, { seed, count }: { readonly seed: number; readonly count: number }): void {
  const document = documentOf(name)
  const slots = slotsOf(document)
  const random = new Random(seed)
  for (let i = 0; i < count; i++) {
    const slot = random.pick(slots)
    const before = slot.get()
    slot.set(random.pick(junk))
    survive(document, slot.path)
    slot.set(before)
    const array = random.pick(slots).get()
    const undo =
      array instanceof NdArray ? corruptNumber(array, random.nat(8), random.pick([-1, 0, 3, 1e9, NaN])) : undefined
    survive(document, 'a number changed')
    undo?.()
  }
}

function survive(document: PyValue, what: string): void {
  try {
    verifyRegions(sklearnToSourceModel(document).graph)
  } catch (error) {
    if (isMLError(error) && ['UNSUPPORTED', 'FILE_CORRUPT', 'LIMIT_EXCEEDED'].includes(error.code)) return
    throw new Error(`${what}: ${error instanceof Error ? error.stack : String(error)}`, { cause: error })
  }
}
