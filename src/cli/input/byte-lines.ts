// Chunks of bytes in, lines with their numbers out; a line that is too long is dropped as it comes, not gathered.

/** Longest line: a row of a million numbers is shorter, and no file without line ends may fill the memory. */
export const maxLineByteLength = 16 * 1024 * 1024

export type ByteLine = {
  /** From 1. */
  readonly number: number
  /** Without its end; undefined where it was longer than the limit. */
  readonly bytes: Uint8Array | undefined
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

export async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  maxByteLength = maxLineByteLength,
): AsyncGenerator<ByteLine> {
  let pieces: Uint8Array[] = []
  let pendingByteLength = 0
  let number = 0

  function take(last: Uint8Array): ByteLine {
    const byteLength = pendingByteLength + last.length
    const bytes = byteLength > maxByteLength ? undefined : withoutReturn(joined(pieces, last, byteLength))
    pieces = []
    pendingByteLength = 0
    return { number: ++number, bytes }
  }

  function keep(rest: Uint8Array): void {
    pendingByteLength += rest.length
    if (pendingByteLength > maxByteLength) pieces = []
    else if (rest.length > 0) pieces.push(rest)
  }

  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      yield take(chunk.subarray(start, end))
      start = end + 1
    }
    keep(chunk.subarray(start))
  }
  if (pendingByteLength > 0) yield take(new Uint8Array(0))
}

function joined(pieces: readonly Uint8Array[], last: Uint8Array, byteLength: number): Uint8Array {
  if (pieces.length === 0) return last
  const bytes = new Uint8Array(byteLength)
  let offset = 0
  for (const piece of [...pieces, last]) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}

function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes[bytes.length - 1] === carriageReturn ? bytes.subarray(0, -1) : bytes
}
