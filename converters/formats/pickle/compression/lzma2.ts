// The LZMA2 data of one block of an xz stream in; its bytes at the end of the output, and how many it took, out.

import { createError } from '../../../../src/errors.ts'
import { damaged } from './damaged.ts'
import { LzmaDecoder, readProperties } from './lzma-decoder.ts'
import type { OutputBuffer } from './output-buffer.ts'
import { RangeDecoder } from './range-decoder.ts'

export type ResetBudget = {
  left: number
}

type Lzma2Options = { readonly start: number; readonly dictionaryByteLength: number; readonly resets: ResetBudget }

/** Chunks as lzma2_decoder.c of XZ Utils 5.4 reads them. */
export function decodeLzma2(bytes: Uint8Array, output: OutputBuffer, options: Lzma2Options): number {
  const decoder = new LzmaDecoder(output, { name: 'xz', ...options, properties: { lc: 3, lp: 0, pb: 2 } })
  let position = options.start
  let [needsDictionary, needsProperties] = [true, true]
  const take = (count: number): number => {
    position += count
    if (position > bytes.length) throw damaged('xz', 'it ends too early')
    return position - count
  }
  for (;;) {
    const control = bytes[take(1)]
    if (control === 0) return position
    if (control === 1 || control >= 0xe0) {
      decoder.resetDictionary()
      needsDictionary = false
      needsProperties = true
    } else if (needsDictionary) throw damaged('xz', 'a block does not begin as one')
    if (control < 0x80) {
      if (control > 2) throw damaged('xz', 'a chunk is of no known kind')
      const size = take(2)
      const byteLength = bytes[size] * 256 + bytes[size + 1] + 1
      const start = take(byteLength)
      output.append(bytes.subarray(start, start + byteLength))
      continue
    }
    const sizes = take(4)
    const byteLength = (control & 0x1f) * 65536 + bytes[sizes] * 256 + bytes[sizes + 1] + 1
    const packedByteLength = bytes[sizes + 2] * 256 + bytes[sizes + 3] + 1
    if (control >= 0xc0) {
      const properties = readProperties(bytes[take(1)])
      if (properties === undefined || properties.lc + properties.lp > 4)
        throw damaged('xz', 'a chunk has wrong properties')
      spend(options.resets)
      decoder.resetState(properties)
      needsProperties = false
    } else if (needsProperties) throw damaged('xz', 'a chunk has no properties')
    else if (control >= 0xa0) {
      spend(options.resets)
      decoder.resetState()
    }
    const start = take(packedByteLength)
    const range = new RangeDecoder(bytes, { start, end: position, name: 'xz' })
    decoder.decode(range, byteLength, false)
    if (!range.isFinished || range.position !== position) throw damaged('xz', 'a chunk is longer than its data')
  }
}

function spend(resets: ResetBudget): void {
  if (--resets.left >= 0) return
  throw createError('LIMIT_EXCEEDED', 'The xz stream starts its tables anew more often than any program writes it.', {
    details: { compression: 'xz' },
  })
}
