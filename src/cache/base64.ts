// Bytes in, base64 text out, and back; with what every realm has, and so without Buffer.

/** `String.fromCharCode` takes its characters as arguments, of which engines allow some ten thousand. */
const maxCharactersAtOnce = 8192

export function base64OfBytes(bytes: Uint8Array): string {
  let text = ''
  for (let start = 0; start < bytes.length; start += maxCharactersAtOnce)
    // Function.apply takes any array-like; TypeScript's declaration asks for an array.
    text += String.fromCharCode.apply(null, bytes.subarray(start, start + maxCharactersAtOnce) as unknown as number[])
  return btoa(text)
}

/** @throws DOMException where the text is no base64 */
export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
