// What regions know of each slot in; for each hasher the slot that most others are like, out.

import type { ColumnNumbers } from './column-numbers.ts'
import type { SlotBlock } from './slot-block.ts'
import { eachInput, type SlotLanes } from './slot-lanes.ts'

type Known = { readonly traced: SlotLanes; readonly numbers: readonly (ColumnNumbers | undefined)[] }

/** −1 where every slot of a hasher is used. */
export function usualSlots(blocks: readonly SlotBlock[], isUsed: Uint8Array, known: Known): readonly number[] {
  const prints = fingerprints(isUsed.length, known)
  return blocks.map(({ start, count }) => {
    const free: number[] = []
    for (let slot = start; slot < start + count; slot++) if (isUsed[slot] === 0) free.push(prints[slot])
    const print = mostFrequent(Uint32Array.from(free))
    for (let slot = start; slot < start + count; slot++) if (isUsed[slot] === 0 && prints[slot] === print) return slot
    return -1
  })
}

/** Slots of the same numbers in the same lanes have the same. */
function fingerprints(width: number, { traced, numbers }: Known): Uint32Array {
  const prints = new Uint32Array(width)
  const number = new Float64Array(1)
  const words = new Uint32Array(number.buffer)
  eachInput(traced, ({ index, at, slot, lane }) => {
    const own = numbers[index]
    if (own === undefined) return
    let print = mix(prints[slot], lane)
    for (let k = 0; k < own.width; k++) {
      // −0 becomes 0
      number[0] = own.values[at * own.width + k] + 0
      print = mix(mix(print, words[0]), words[1])
    }
    prints[slot] = print
  })
  return prints
}

function mix(print: number, word: number): number {
  const mixed = Math.imul(print ^ word, 0x9e3779b1)
  return (mixed ^ (mixed >>> 15)) + 0x7f4a7c15
}

function mostFrequent(values: Uint32Array): number | undefined {
  values.sort()
  let [most, longest] = [values.at(0), 0]
  for (let from = 0, to = 1; to <= values.length; to++) {
    if (to < values.length && values[to] === values[from]) continue
    if (to - from > longest) [most, longest] = [values[from], to - from]
    from = to
  }
  return most
}
