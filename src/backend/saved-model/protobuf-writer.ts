// Fields of protocol buffers in, their bytes in pieces out: a large tensor is copied once, when a whole message is joined.

/** One or more fields, each with its tag. */
export type Fields = { readonly byteLength: number; readonly pieces: readonly Uint8Array[] }

/** The two wire types that a graph needs. */
const wireTypes = { varint: 0, lengthDelimited: 2 } as const

/** An integer, boolean or enum; negative ones take ten bytes, as int64 has it. */
export function integerField(field: number, value: number): Fields {
  return fieldsOf(varint(tagOf(field, 'varint')), varint(value))
}

export function bytesField(field: number, bytes: Uint8Array): Fields {
  return fieldsOf(varint(tagOf(field, 'lengthDelimited')), varint(bytes.length), bytes)
}

export function textField(field: number, text: string): Fields {
  return bytesField(field, new TextEncoder().encode(text))
}

export function messageField(field: number, ...content: readonly Fields[]): Fields {
  const { byteLength, pieces } = concatenate(content)
  const head = fieldsOf(varint(tagOf(field, 'lengthDelimited')), varint(byteLength))
  return { byteLength: head.byteLength + byteLength, pieces: [...head.pieces, ...pieces] }
}

/** An entry of a map whose keys are text and whose values are messages. */
export function entryField(field: number, key: string, ...value: readonly Fields[]): Fields {
  return messageField(field, textField(1, key), messageField(2, ...value))
}

export function concatenate(all: readonly Fields[]): Fields {
  return {
    byteLength: all.reduce((sum, { byteLength }) => sum + byteLength, 0),
    pieces: all.flatMap(({ pieces }) => pieces),
  }
}

/** Fields that stand alone are a message. */
export function joinFields({ byteLength, pieces }: Fields): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}

function fieldsOf(...pieces: readonly Uint8Array[]): Fields {
  return { byteLength: pieces.reduce((sum, { length }) => sum + length, 0), pieces }
}

function tagOf(field: number, wire: keyof typeof wireTypes): number {
  return field * 8 + wireTypes[wire]
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.of(...bytes, Number(rest))
}
