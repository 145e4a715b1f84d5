// Decoded values in, the words that error messages use for them out.
import { expect, it } from 'vitest'
import { describePyValue } from '../../../../converters/formats/pickle/describe-py-value.ts'
import {
  NdArray,
  PyDict,
  PyGlobal,
  PyObject,
  PySet,
  type PyValue,
} from '../../../../converters/formats/pickle/values.ts'

const cases: readonly (readonly [PyValue | undefined, string])[] = [
  [undefined, 'nothing'],
  [null, 'None'],
  [true, 'True'],
  [false, 'False'],
  [-0, '-0'],
  [Number.NaN, 'NaN'],
  [2n ** 64n, 'an integer of about 17 hexadecimal digits'],
  ['gini', '"gini"'],
  [new Uint8Array(3), '3 bytes'],
  [[1, 2, 3], 'list of 3'],
  [new PyDict(), 'dict of 0'],
  [new PySet(), 'set of 0'],
  [new PyGlobal('numpy', 'log1p'), 'numpy.log1p'],
  [new PyObject('sklearn.svm._classes', 'SVC'), 'sklearn.svm._classes.SVC'],
  [new NdArray('f', 8, [2, 3], new Float64Array(6)), 'float64 array of shape (2, 3)'],
  [new NdArray('O', 8, [1], [null]), 'object array of shape (1)'],
]

it.each(cases)('describes %s', (value, words) => {
  expect(describePyValue(value)).toBe(words)
})

it('stays short, and does not walk into what it describes', () => {
  const endless: PyValue[] = []
  endless.push(endless)
  expect(describePyValue(endless)).toBe('list of 1')
  expect(describePyValue('x'.repeat(10_000)).length).toBe(120)
  expect(describePyValue(new PyGlobal('m'.repeat(500), 'n')).length).toBe(120)
})
