// One entry of an input file: a row to predict, or why it is none.

import type { MLError } from '../../errors.ts'
import type { Row } from '../../rows/prediction.ts'

export type RowItem =
  | {
      readonly kind: 'row'
      readonly row: Row
      /** Where a person finds it: `line 7` or `row 3`. */
      readonly place: string
    }
  | { readonly kind: 'error'; readonly error: MLError }

export type RowItems = AsyncIterable<RowItem>
