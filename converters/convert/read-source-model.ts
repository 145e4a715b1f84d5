// The bytes of a source file and their format in, the model in our own terms out.

import { readPickle } from '../formats/pickle/read-pickle.ts'
import { sklearnToSourceModel } from '../frontends/sklearn/to-source-model.ts'
import type { SourceModel } from '../frontends/source-model.ts'
import type { DetectedSource } from './source-format.ts'

/** @throws FILE_CORRUPT, UNSAFE_CONTENT, LIMIT_EXCEEDED or UNSUPPORTED, as the file deserves */
export function readSourceModel({ format, bytes }: DetectedSource): SourceModel {
  switch (format) {
    case 'pickle':
      return sklearnToSourceModel(readPickle(bytes))
  }
}
