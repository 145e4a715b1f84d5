// The formula `normalize-by`: a row divided by the norm of its first columns.

import { defineFormula } from './define-formula.ts'
import { choiceField, integerField, numberField } from './field.ts'
import { divideRows, normNames } from './normalize.ts'

/**
 * Where many columns of a source stand in one here, that one may be their norm, which counts, or their sum, which is
 * divided as they are and must not count again.
 */
export const normalizeBy = defineFormula({
  kind: 'normalize-by',
  fields: {
    norm: choiceField(...normNames),
    /** As in `normalize`. */
    least: numberField,
    /** How many columns the norm is of. */
    counted: integerField(0),
  },
  verify({ inputs, least, counted }, fail) {
    if (!(least >= 0)) fail('least', `must be a number from 0, got ${least}`)
    if (!(counted <= inputs.length)) fail('counted', `must be at most ${inputs.length}, got ${counted}`)
    return inputs.length
  },
  compile: (region) => divideRows(region, region.counted),
  describe: ({ inputs, norm, counted }) => `${inputs.length} columns by the ${norm} norm of the first ${counted}`,
})
