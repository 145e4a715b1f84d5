// The golden models of the repository in; those that mutations start from, by format and container, out.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { detectSource } from '../../../converters/convert/source-format.ts'

export type Seed = {
  readonly path: string
  readonly bytes: Uint8Array
  /** Format, and how it is packed. */
  readonly group: string
  /** True where a checksum over the content must give a change away. */
  readonly isChecked: boolean
}

const golden = new URL('../../golden/', import.meta.url)

/** Smaller files are read more often in a second, and have a larger share of structure. */
const largestByteLength = 12 * 1024

/** First bytes of what a pickle may be packed as. */
const packings = [
  { name: 'zlib', magic: [0x78], isChecked: true },
  { name: 'gzip', magic: [0x1f, 0x8b], isChecked: true },
  { name: 'bz2', magic: [0x42, 0x5a, 0x68], isChecked: true },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a], isChecked: true },
  { name: 'lzma', magic: [0x5d, 0, 0], isChecked: false },
  { name: 'lz4', magic: [0x04, 0x22, 0x4d, 0x18], isChecked: false },
  { name: 'zip', magic: [0x50, 0x4b], isChecked: false },
] as const

/** Sorted by path, so that a seed number says the same everywhere. */
export function readSeeds(): readonly Seed[] {
  const paths = readdirSync(golden, { recursive: true, encoding: 'utf8' }).sort()
  return paths.flatMap((path) => {
    if (!/\.(joblib|pkl|skops|ubj|txt|json|bz2|xz|lzma|lz4|gzip|zlib)$/.test(path) || /golden\.json|answers/.test(path))
      return []
    const url = new URL(path, golden)
    if (statSync(url).size > largestByteLength) return []
    const bytes = new Uint8Array(readFileSync(url))
    const format = formatOf(path, bytes)
    if (format === undefined) return []
    const packing = packings.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte))
    return [
      { path, bytes, group: [format, packing?.name].filter(Boolean).join(' '), isChecked: packing?.isChecked ?? false },
    ]
  })
}

/** JSON files beside models hold rows and notes. */
function formatOf(path: string, bytes: Uint8Array): string | undefined {
  try {
    const { format } = detectSource({ [path.replace(/.*\//, '')]: bytes }, 'auto')
    return format === 'layers-model' ? undefined : format
  } catch {
    return undefined
  }
}
