// A version and a number in, the files of the smallest real artifact out: one layer, whose answer shows who gave it.

import { metadataKey } from '../../src/artifact/metadata.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { artifactFiles } from './random-regions.ts'

export type TinyOptions = {
  readonly name?: string
  /** Added to the row's first feature: the answer is `f0 + offset`. */
  readonly offset?: number
  /** Measured at conversion, as the artifact says. */
  readonly accuracy?: number
  /** Changes what the artifact says about itself. */
  readonly change?: (metadata: Record<string, unknown>) => void
}

export const tinyCheckRows: readonly Float64Array[] = [-3, -1, 0, 2].map((f0) => Float64Array.of(f0, 1))

/** Two features in, `f0 + offset` out; nothing is quantized. */
export function tinyFiles(version: string, options: TinyOptions = {}): Record<string, Uint8Array> {
  const { name = 'tiny', offset = 0, accuracy, change } = options
  const files = artifactFiles(addition(offset), { choose: () => ({ encoding: 'float32' }), checkRows: tinyCheckRows })
  const modelJson = JSON.parse(new TextDecoder().decode(files['model.json'])) as ModelJson
  const metadata = modelJson.userDefinedMetadata[metadataKey]
  Object.assign(metadata, { name, version })
  if (accuracy !== undefined) metadata['evaluation'] = { rowCount: 100, accuracy }
  change?.(metadata)
  return { ...files, 'model.json': new TextEncoder().encode(JSON.stringify(modelJson)) }
}

type ModelJson = { readonly userDefinedMetadata: Record<string, Record<string, unknown>> }

function addition(offset: number): RegionGraph {
  return {
    regions: [
      { kind: 'input', width: 2 },
      {
        kind: 'dense-chain',
        inputs: [0, 1].map((column) => ({ region: 0, column })),
        layers: [
          {
            inputWidth: 2,
            outputWidth: 1,
            weights: Float64Array.of(1, 0),
            bias: Float64Array.of(offset),
            activation: 'identity',
          },
        ],
      },
    ],
    output: [{ region: 1, column: 0 }],
  }
}
