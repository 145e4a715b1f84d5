// A complete-layout ensemble in, graph nodes out that follow all trees level by level with float32 products of 0 and 1.

import type { CompleteTrees, StoredTrees } from '../../src/regions/stored-shape.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { addLeafValues } from './leaf-values.ts'

/**
 * ind[p] is 1 where the row is at position p of a level, 0 elsewhere. With bit[p] = clip(input − rank, 0, 1) the children
 * are right = ind · bit and left = ind − right. Every number is a small integer, so float32 is exact, and no input is
 * NaN, so that 0 · NaN cannot spoil a row.
 */
export function addCompleteTrees(
  builder: GraphBuilder,
  { trees, depth }: CompleteTrees,
  options: { readonly prefix: string; readonly input: string; readonly inputWidth: number },
): string {
  const { prefix, input, inputWidth } = options
  const name = (part: string) => `${prefix}/${part}`
  const sizes = builder.integers(Array.from({ length: depth }, (_, level) => trees * 2 ** level))
  const split = (part: string, type: string) =>
    builder.add(name(`${part}-levels`), 'SplitV', [name(part), sizes, builder.integers(0)], {
      T: { type },
      Tlen: { type: 'DT_INT32' },
      num_split: { i: String(depth) },
    })
  const columns = split('column', 'DT_INT32')
  const ranks = split('rank', 'DT_FLOAT')
  const zero = builder.integers(0, 'float32')
  const one = builder.integers(1, 'float32')
  let indicator: string | undefined
  for (let level = 0; level < depth; level++) {
    const at = (part: string) => name(`${level}/${part}`)
    const port = level === 0 ? '' : `:${level}`
    const picks = builder.oneHot(at('picks'), columns + port, { count: trees * 2 ** level, depth: inputWidth })
    const selector = builder.transpose(at('selector'), picks)
    const bias = builder.add(at('bias'), 'Neg', [ranks + port])
    const above = builder.fusedMatMul(at('above'), [input, selector, bias])
    const bit = builder.add(at('bit'), 'ClipByValue', [above, zero, one])
    const right = indicator === undefined ? bit : builder.add(at('right'), 'Mul', [indicator, bit])
    const left = builder.add(at('left'), 'Sub', [indicator ?? one, right])
    indicator = builder.concat(at('here'), [left, right])
  }
  if (indicator === undefined) throw new RangeError('complete trees have at least one level')
  return indicator
}

/** Leaf tables as [trees · 2^depth, outputWidth], whatever the leaf width is; all constant. */
export function addLeafMatrix(builder: GraphBuilder, stored: CompleteTrees, prefix: string): string {
  const { trees, depth, outputWidth, hasTreeOutput } = stored
  const leaf = addLeafValues(builder, { ...stored, leaves: trees * 2 ** depth }, prefix)
  if (!hasTreeOutput) return leaf
  const name = (part: string) => `${prefix}/${part}`
  const outputs = addTreeOutputs(builder, stored, prefix)
  const blocks = builder.reshape(name('leaf-blocks'), leaf, [2 ** depth, trees, 1])
  const spread = builder.add(name('leaf-spread'), 'Mul', [blocks, outputs])
  return builder.reshape(name('leaf-matrix'), spread, [trees * 2 ** depth, outputWidth])
}

/** Which output each tree adds to, as a [trees, outputWidth] matrix of 0 and 1. */
export function addTreeOutputs(
  builder: GraphBuilder,
  { trees, outputWidth }: Pick<StoredTrees, 'trees' | 'outputWidth'>,
  prefix: string,
): string {
  return builder.oneHot(`${prefix}/outputs`, `${prefix}/tree-output`, { count: trees, depth: outputWidth })
}
