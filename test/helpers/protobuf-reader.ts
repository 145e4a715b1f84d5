// The bytes of a protocol buffer in, its fields out: an oracle for what writes them, which shares no code with it.

export type WireField = { readonly field: number; readonly value: bigint | Uint8Array }

/** @throws RangeError where the bytes are no message */
export function readFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw new RangeError(`a number ends at byte ${at}`)
      const byte = bytes[at++]
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const [field, wire] = [Math.floor(tag / 8), tag % 8]
    if (wire === 0) fields.push({ field, value: varint() })
    else if (wire === 2) {
      const end = Number(varint()) + at
      if (end > bytes.length) throw new RangeError(`field ${field} ends at byte ${end} of ${bytes.length}`)
      fields.push({ field, value: bytes.subarray(at, end) })
      at = end
    } else throw new RangeError(`field ${field} has wire type ${wire}`)
  }
  return fields
}

export function messagesOf(bytes: Uint8Array, field: number): Uint8Array[] {
  return readFields(bytes).flatMap((one) => (one.field === field && one.value instanceof Uint8Array ? [one.value] : []))
}

export function textsOf(bytes: Uint8Array, field: number): string[] {
  return messagesOf(bytes, field).map((value) => new TextDecoder('utf-8', { fatal: true }).decode(value))
}

/** A map from text to messages. */
export function entriesOf(bytes: Uint8Array, field: number): [string, Uint8Array][] {
  return messagesOf(bytes, field).map((entry) => [textsOf(entry, 1)[0], messagesOf(entry, 2)[0]])
}

export type WireNode = {
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly attributes: Readonly<Record<string, Uint8Array>>
}

/** The nodes of a SavedModel's only graph. */
export function nodesOf(savedModel: Uint8Array): WireNode[] {
  const [metaGraph] = messagesOf(savedModel, 2)
  const [graph] = messagesOf(metaGraph, 2)
  return messagesOf(graph, 1).map((node) => ({
    name: textsOf(node, 1)[0],
    op: textsOf(node, 2)[0],
    inputs: textsOf(node, 3),
    attributes: Object.fromEntries(entriesOf(node, 5)),
  }))
}
