// Every bound that reading a layers model obeys, with the attack it stops and why no real file reaches it.

import type { MLError } from '../../../src/errors.ts'
import { passedLimit } from '../passed-limit.ts'

export const layersLimits = Object.freeze({
  /** A JSON text that fills the heap; weights are in other files, and a thousand layers take half a megabyte. */
  modelJsonByteLength: 2 ** 24,
  /** Weights become doubles, eight times a uint8 byte; a larger model does not become a graph for tables anyway. */
  weightByteLength: 2 ** 27,
  /** Layers without end; the deepest model for tables has some tens. */
  layerCount: 1000,
  /** Sequential models inside each other without end; two levels are rare. */
  nestingDepth: 8,
  /** Names and schema entries by a number in the file alone; the widest real table has some ten thousand columns. */
  inputWidth: 100_000,
  /** Two weights a layer are usual, four for batch normalization. */
  weightCount: 4000,
  /** Shapes of endless ones; TensorFlow.js stops at 6. */
  weightRank: 6,
  /** Weight files by name; TensorFlow.js writes one for each 4 MiB. */
  shardCount: 1000,
  /**
   * Elements of matrices that no file has: an activation or a scaling that needs a dense layer of its own takes width
   * squared. Behind a usual dense layer they are folded and take none.
   */
  madeElementCount: 2 ** 24,
})

export type LayersLimitName = keyof typeof layersLimits

/** The error that says which limit was passed, what it allows and what was found. */
export function limitError(limit: LayersLimitName, found: number): MLError {
  return passedLimit('the layers model', layersLimits, {
    limit,
    found,
    advice: 'No model for tables is so large; save a smaller one',
  })
}
