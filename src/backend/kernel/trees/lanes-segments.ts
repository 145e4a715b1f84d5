// Groups of trees and the forms they take in, tables that a kernel goes through from front to back out.

import type { ColumnBlock, KernelBuild } from '../kernel-stage.ts'
import { columnRecords } from './lanes-columns.ts'
import type { LaneForm } from './lanes-form.ts'
import { placeOfRank, type RankGroup } from './lanes-ranks.ts'
import { mostTreesAtOnce } from './lanes-sums.ts'
import type { LaneTree } from './lanes-trees.ts'
import type { LeafPlanes } from './leaf-planes.ts'

export type SegmentOptions = {
  readonly memory: KernelBuild['memory']
  readonly inputs: ColumnBlock
  readonly rankCounts: readonly number[]
  readonly columnByteLength: number
  readonly forms: readonly LaneForm[]
  readonly formOf: (tree: LaneTree) => LaneForm
  readonly planes: LeafPlanes
  readonly leafWidth: number
  /** Of the sums of the first output and of its weights; how far apart those of two outputs are. */
  readonly sumsAddress: number
  readonly sumsByteLength: number
  readonly weightsAddress: number
}

/** Trees of one form that add to one output, few enough for sums of 16 bits: 4 words, as `SegmentFunction` reads them. */
export const segmentByteLength = 16

/** Words of a group of trees: first column record and the end of them, then the same of the segments of each form. */
export function groupByteLength(forms: readonly LaneForm[]): number {
  return 8 * (1 + forms.length)
}

/** Address of the first group's words. */
export function writeGroups(groups: readonly RankGroup[], options: SegmentOptions): number {
  const { memory, inputs, rankCounts, forms } = options
  const words = groups.flatMap((group) => {
    const columns = columnRecords(group, inputs, { rankCounts, memory })
    const segments = forms.map((form) => segmentsOf(form, group, options))
    return [columns, ...segments].flatMap((part) => {
      const address = memory.table(Int32Array.from(part))
      return [address, address + 4 * part.length]
    })
  })
  return memory.table(Int32Array.from(words))
}

/** Per segment: address of its trees, their number, address of the sums they add to, address of the weights. */
function segmentsOf(form: LaneForm, group: RankGroup, options: SegmentOptions): number[] {
  const { formOf, sumsAddress, sumsByteLength, weightsAddress, planes, memory } = options
  const byOutput = new Map<number, LaneTree[]>()
  for (const tree of group.trees) {
    if (formOf(tree) !== form) continue
    const found = byOutput.get(tree.output)
    if (found === undefined) byOutput.set(tree.output, [tree])
    else found.push(tree)
  }
  const words: number[] = []
  for (const [output, trees] of byOutput) {
    const packs = packsOf(form, trees)
    const packsAtOnce = mostTreesAtOnce / form.packSize
    for (let first = 0; first < packs.length; first += packsAtOnce) {
      const part = packs.slice(first, first + packsAtOnce)
      words.push(
        memory.table(joined(part.flatMap((pack) => packBytes(form, pack, group, options)))),
        part.length * form.packSize,
        sumsAddress + output * sumsByteLength,
        weightsAddress + output * planes.planeCount * 8,
      )
    }
  }
  return words
}

/** Adds nothing, and makes a pack full. */
const emptyTree: LaneTree = { nodes: [{ kind: 'leaf', leaf: -1 }], depth: 0, leafCount: 1, output: 0 }

/** Trees of about one size together, since all of a pack are padded to its largest. */
function packsOf({ packSize }: LaneForm, trees: readonly LaneTree[]): LaneTree[][] {
  const sorted = [...trees].sort((a, b) => a.leafCount - b.leafCount)
  while (sorted.length % packSize > 0) sorted.unshift(emptyTree)
  return Array.from({ length: sorted.length / packSize }, (_, i) => sorted.slice(i * packSize, (i + 1) * packSize))
}

function packBytes(form: LaneForm, pack: readonly LaneTree[], group: RankGroup, options: SegmentOptions): Uint8Array[] {
  const leafCount = pack[pack.length - 1].leafCount
  return pack.map((tree) => treeBytes({ form, tree, leafCount }, group, options))
}

function treeBytes(
  { form, tree, leafCount }: { readonly form: LaneForm; readonly tree: LaneTree; readonly leafCount: number },
  { columns, ranks }: RankGroup,
  { columnByteLength, planes, leafWidth }: SegmentOptions,
): Uint8Array {
  const { bytes, leafNodes } = form.write({
    tree,
    leafCount,
    placeOf(at) {
      const node = tree.nodes[at]
      if (node.kind === 'leaf') throw new RangeError('a leaf tests nothing')
      const slot = columns.indexOf(node.column)
      return { byteOffset: slot * columnByteLength, threshold: placeOfRank(ranks[slot], node.rank) - 128 }
    },
  })
  const { planeCount, codes } = planes
  const tablesByteLength = leafWidth * planeCount * form.tableCount * 16
  const written = new Uint8Array(bytes.length + tablesByteLength)
  written.set(bytes)
  const tables = written.subarray(bytes.length)
  leafNodes.forEach((at, position) => {
    const node = tree.nodes[at]
    if (node?.kind !== 'leaf' || node.leaf < 0) return
    for (let k = 0; k < leafWidth; k++) {
      let rest = codes[node.leaf * leafWidth + k]
      for (let plane = 0; plane < planeCount; plane++) {
        tables[(k * planeCount + plane) * form.tableCount * 16 + position] = rest % 256
        rest = Math.floor(rest / 256)
      }
    }
  })
  return written
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
