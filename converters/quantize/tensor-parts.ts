// What was decided for leaves or for a dense chain in; by the names of its tensors, what each of them holds, out.

import { densePartName, denseTensorName } from '../../src/regions/stored-dense.ts'
import { treeTensorName } from '../../src/regions/stored-trees.ts'
import type { ChosenChain } from './dense-chain-choice.ts'
import type { StoredLayer } from './dense-layer.ts'
import type { ChosenLeaves } from './leaf-values.ts'
import type { StoredBooks, StoredFloats } from './stored-floats.ts'

export type TensorPart = {
  readonly floats: StoredFloats
  /** False where the tensor holds the same values in an order of its own. */
  readonly replaces: boolean
  readonly maxError?: number
}

export type NamedPart = readonly [name: string, part: TensorPart]

/** Of leaves that are codes the book is what was rounded. */
export function leafPart({ floats, maxError, escalated }: ChosenLeaves, index: number): NamedPart {
  const { book } = floats
  const stored = book === undefined ? floats : bookFloats(floats, book)
  const named = escalated === undefined ? stored : { ...stored, escalated }
  const name = treeTensorName(index, book === undefined ? 'leaf' : 'leaf-book')
  return [name, { floats: named, replaces: false, maxError }]
}

function bookFloats({ values }: StoredFloats, { grid }: StoredBooks): StoredFloats {
  return grid === undefined ? { encoding: 'float32', values } : { encoding: grid.encoding, grid, values }
}

export function chainParts({ layers, escalated }: ChosenChain, index: number): NamedPart[] {
  return layers.flatMap(({ q, scales, bias, maxError }: StoredLayer, number): NamedPart[] => {
    const name = (part: string): string => denseTensorName(index, number, part)
    const isWhole = q.length === 1
    return [
      ...q.map(
        (floats, part): NamedPart => [
          isWhole ? name('weights') : name(densePartName(part)),
          {
            floats: escalated === undefined || floats.encoding === 'uint8' ? floats : { ...floats, escalated },
            replaces: true,
            maxError: maxError.weights[part],
          },
        ],
      ),
      [name('bias'), { floats: bias, replaces: true, maxError: maxError.bias }],
      [name('scale'), { floats: scales, replaces: true }],
    ]
  })
}
