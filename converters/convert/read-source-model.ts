// The bytes of a source file and their format in, the model in our own terms out.

import { readCatboost } from '../formats/catboost/read-catboost.ts'
import { readLayersModel } from '../formats/layers/read-layers-model.ts'
import { readLightgbm } from '../formats/lightgbm/read-lightgbm.ts'
import { readPickle } from '../formats/pickle/read-pickle.ts'
import { readSkops } from '../formats/skops/read-skops.ts'
import { readXgboost } from '../formats/xgboost/read-xgboost.ts'
import { catboostToSourceModel } from '../frontends/catboost/to-source-model.ts'
import { layersToSourceModel } from '../frontends/layers/to-source-model.ts'
import { lightgbmToSourceModel } from '../frontends/lightgbm/to-source-model.ts'
import { sklearnToSourceModel } from '../frontends/sklearn/to-source-model.ts'
import type { StepColumns } from '../frontends/sklearn/step-columns.ts'
import type { SourceModel } from '../frontends/source-model.ts'
import { xgboostToSourceModel } from '../frontends/xgboost/to-source-model.ts'
import { describeCatboost } from '../report/describe-catboost.ts'
import { describeEstimators, type EstimatorNode } from '../report/describe-estimators.ts'
import { describeLayers } from '../report/describe-layers.ts'
import { describeLightgbm } from '../report/describe-lightgbm.ts'
import { describeXgboost } from '../report/describe-xgboost.ts'
import type { DetectedSource } from './source-format.ts'

/** What a source holds, read but not understood so far. */
export type OpenedSource = {
  /** With the columns of each step where `toSourceModel` was called before. */
  readonly describe: () => EstimatorNode
  readonly toSourceModel: () => SourceModel
}

/** @throws FILE_CORRUPT, UNSAFE_CONTENT, LIMIT_EXCEEDED or UNSUPPORTED, as the file deserves */
export function openSource({ format, name, bytes, files }: DetectedSource): OpenedSource {
  switch (format) {
    case 'pickle':
    case 'skops': {
      const document = format === 'skops' ? readSkops(bytes) : readPickle(bytes)
      const steps = new Map<string, StepColumns>()
      return {
        describe: () => describeEstimators(document, steps),
        toSourceModel: () => sklearnToSourceModel(document, (path, columns) => void steps.set(path, columns)),
      }
    }
    case 'layers-model': {
      const document = readLayersModel(name, files)
      return {
        describe: () => describeLayers(document),
        toSourceModel: () => layersToSourceModel(document),
      }
    }
    case 'lightgbm': {
      const document = readLightgbm(bytes)
      return {
        describe: () => describeLightgbm(document),
        toSourceModel: () => lightgbmToSourceModel(document),
      }
    }
    case 'catboost': {
      const document = readCatboost(bytes)
      return {
        describe: () => describeCatboost(document),
        toSourceModel: () => catboostToSourceModel(document),
      }
    }
    case 'xgboost-json':
    case 'xgboost-ubjson': {
      const document = readXgboost(bytes, format)
      return {
        describe: () => describeXgboost(document),
        toSourceModel: () => xgboostToSourceModel(document),
      }
    }
  }
}

/** @throws as `openSource` */
export function readSourceModel(detected: DetectedSource): SourceModel {
  return openSource(detected).toSourceModel()
}
