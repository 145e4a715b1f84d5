// A key and a text in, a 32-bit checksum of seven base-36 digits out: finds texts that changed by accident, not those that someone forged.

/** The most digits that 32 bits take in base 36. */
export const checksumLength = 7

/**
 * Of `key` and of `text` from `start` on. FNV-1a over UTF-16 units: each step is reversible, so that texts which differ in
 * one unit never share a checksum.
 */
export function checksumOf(key: string, text: string, start = 0): string {
  const hash = addText(addText(0x811c9dc5, key, 0), text, start)
  return (hash >>> 0).toString(36).padStart(checksumLength, '0')
}

function addText(hash: number, text: string, start: number): number {
  for (let i = start; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
