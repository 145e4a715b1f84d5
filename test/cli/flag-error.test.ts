// Errors about options in, errors about flags out.
import { expect, test } from 'vitest'
import { flagError } from '../../src/cli/flag-error.ts'
import { createError } from '../../src/errors.ts'

test.each([
  ['option gates.maxAccuracyLoss of convertModel must be a number', '--max-accuracy-loss must be a number'],
  ['option gates.minR2 of convertModel must be given', '--min-r2 must be given'],
  ['option golden must be the path of a JSON file', '--golden must be the path of a JSON file'],
  ['option outDir must be a folder', '--out must be a folder'],
  ['option tolerance.prob of convertModel must be one of', '--tolerance.prob must be one of'],
  ['golden row 0: feature option is absent', 'golden row 0: feature option is absent'],
])('%s: %s', (message, expected) => {
  const details = { option: 'x' }
  expect(flagError(createError('INPUT_INVALID', message, { details }))).toMatchObject({ message: expected, details })
})

test('leaves other errors alone', () => {
  const error = createError('UNSUPPORTED', 'option golden must be')
  expect(flagError(error)).toBe(error)
  expect(flagError('x')).toBe('x')
})
