// A key and a text in, a 32-bit checksum out: finds texts that changed by accident or moved, not those that someone forged.

/** Hexadecimal digits. */
export const checksumLength = 8

const digits = '0123456789abcdef'

/** Of `key` and of `text` from `start` on. */
export function checksumOf(key: string, text: string, start = 0): string {
  const hash = hashOf(key, text, start)
  let checksum = ''
  for (let shift = 28; shift >= 0; shift -= 4) checksum += digits[(hash >>> shift) & 15]
  return checksum
}

/** True where the digits before `start` are the checksum of `key` and of `text` from there on; makes no string. */
export function hasChecksum(key: string, text: string, start: number): boolean {
  const hash = hashOf(key, text, start)
  for (let i = 0; i < checksumLength; i++)
    if (text.charCodeAt(start - 1 - i) !== digits.charCodeAt((hash >>> (4 * i)) & 15)) return false
  return true
}

/** FNV-1a over UTF-16 units: each step is reversible, so that texts which differ in one unit never share a hash. */
function hashOf(key: string, text: string, start: number): number {
  return addText(addText(0x811c9dc5, key, 0), text, start)
}

function addText(hash: number, text: string, start: number): number {
  for (let i = start; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
