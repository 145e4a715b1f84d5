// The bytes of a source file and their format in, the model in our own terms out.

import { readLayersModel } from '../formats/layers/read-layers-model.ts'
import { readPickle } from '../formats/pickle/read-pickle.ts'
import { layersToSourceModel } from '../frontends/layers/to-source-model.ts'
import { sklearnToSourceModel } from '../frontends/sklearn/to-source-model.ts'
import type { SourceModel } from '../frontends/source-model.ts'
import { describeEstimators, type EstimatorNode } from '../report/describe-estimators.ts'
import { describeLayers } from '../report/describe-layers.ts'
import type { DetectedSource } from './source-format.ts'

/** What a source holds, read but not understood so far. */
export type OpenedSource = {
  readonly describe: () => EstimatorNode
  readonly toSourceModel: () => SourceModel
}

/** @throws FILE_CORRUPT, UNSAFE_CONTENT, LIMIT_EXCEEDED or UNSUPPORTED, as the file deserves */
export function openSource({ format, name, bytes, files }: DetectedSource): OpenedSource {
  switch (format) {
    case 'pickle': {
      const document = readPickle(bytes)
      return {
        describe: () => describeEstimators(document),
        toSourceModel: () => sklearnToSourceModel(document),
      }
    }
    case 'layers-model': {
      const document = readLayersModel(name, files)
      return {
        describe: () => describeLayers(document),
        toSourceModel: () => layersToSourceModel(document),
      }
    }
  }
}

/** @throws as `openSource` */
export function readSourceModel(detected: DetectedSource): SourceModel {
  return openSource(detected).toSourceModel()
}
