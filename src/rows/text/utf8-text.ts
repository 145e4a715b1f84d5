// A text in; its UTF-8 bytes in an array that the next text takes, and code points of them, out.

export type Utf8Text = { bytes: Uint8Array; length: number }

/** Room that is kept from one text to the next: few are longer. */
export const mostKeptBytes = 2 ** 17

const encoder = new TextEncoder()

export function createUtf8Text(): Utf8Text {
  return { bytes: new Uint8Array(0), length: 0 }
}

/** Calling an encoder costs more than a loop over so few characters. */
const fewUnits = 32

/** A surrogate by itself becomes U+FFFD. */
export function writeUtf8(into: Utf8Text, text: string): void {
  into.bytes = withRoom(into.bytes, 3 * text.length)
  into.length =
    text.length <= fewUnits && writeAscii(into.bytes, text) ? text.length : encoder.encodeInto(text, into.bytes).written
}

/** False where a character is another one. */
function writeAscii(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x80) return false
    bytes[i] = code
  }
  return true
}

/** The same array, or a fresh one where it is too small, or far too large to keep. */
export function withRoom(bytes: Uint8Array, needed: number): Uint8Array {
  if (bytes.length >= needed && (bytes.length <= mostKeptBytes || needed > mostKeptBytes)) return bytes
  return new Uint8Array(2 ** Math.max(10, Math.ceil(Math.log2(needed))))
}

/** Bytes of the character that begins with this one. */
export function utf8Length(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

/** Of the character that begins at `i`. */
export function utf8CodePoint(bytes: Uint8Array, i: number): number {
  const lead = bytes[i]
  if (lead < 0x80) return lead
  const low = bytes[i + 1] & 0x3f
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | low
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (low << 6) | (bytes[i + 2] & 0x3f)
  return ((lead & 0x07) << 18) | (low << 12) | ((bytes[i + 2] & 0x3f) << 6) | (bytes[i + 3] & 0x3f)
}
