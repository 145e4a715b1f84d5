// Opcodes by name and raw parts in, the bytes of a pickle out: for files that Python would never write.
import { opcodes } from '../../../../converters/formats/pickle/opcodes.ts'

/** An opcode by name, bytes as they are, a text as latin1. */
export type Part = keyof typeof opcodes | Uint8Array | { readonly text: string }

/** A pickle from its parts; strings are opcode names. */
export function pickle(...parts: readonly (Part | readonly Part[])[]): Uint8Array {
  return join(parts.flat().map((part) => (typeof part === 'string' ? Uint8Array.of(opcodes[part]) : toBytes(part))))
}

/** Protocol 4 or a given one, the parts, STOP. */
export function whole(...parts: readonly (Part | readonly Part[])[]): Uint8Array {
  return pickle('PROTO', u8(4), ...parts, 'STOP')
}

export function join(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0))
  let position = 0
  for (const chunk of chunks) {
    bytes.set(chunk, position)
    position += chunk.length
  }
  return bytes
}

export const u8 = (value: number): Uint8Array => Uint8Array.of(value)

export function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer)
}

export function u64(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(value).buffer)
}

export const text = (value: string): Part => ({ text: value })

/** SHORT_BINUNICODE of an ASCII text. */
export const str = (value: string): Part[] => ['SHORT_BINUNICODE', u8(value.length), text(value)]

/** SHORT_BINBYTES. */
export const bytes = (...values: readonly number[]): Part[] => [
  'SHORT_BINBYTES',
  u8(values.length),
  Uint8Array.from(values),
]

export const int = (value: number): Part[] => ['BININT', u32(value)]

/** LONG1 of 8 bytes. */
export const long = (value: bigint): Part[] => ['LONG1', u8(8), u64(BigInt.asUintN(64, value))]

export const global = (module: string, name: string): Part[] => [...str(module), ...str(name), 'STACK_GLOBAL']

export const tuple = (...items: readonly (readonly Part[])[]): Part[] => ['MARK', ...items.flat(), 'TUPLE']

export const call = (module: string, name: string, ...args: readonly (readonly Part[])[]): Part[] => [
  ...global(module, name),
  ...tuple(...args),
  'REDUCE',
]

/** numpy.dtype(code) with its state; `state` replaces parts of (3, '<', None, None, None, -1, -1, 0). */
export function dtype(code: string, state: DtypeState = {}): Part[] {
  const none: Part[] = ['NONE']
  const { order = '<', subarray = none, names = none, fields = none, itemByteLength = -1 } = state
  return [
    ...call('numpy', 'dtype', str(code), ['NEWFALSE'], ['NEWTRUE']),
    ...tuple(int(3), str(order), subarray, names, fields, int(itemByteLength), int(-1), int(0)),
    'BUILD',
  ]
}

type DtypeState = {
  readonly order?: string
  readonly subarray?: readonly Part[]
  readonly names?: readonly Part[]
  readonly fields?: readonly Part[]
  readonly itemByteLength?: number
}

/** A structured dtype from [name, dtype, offset] and its item length. */
export function record(
  fields: readonly (readonly [string, readonly Part[], number])[],
  itemByteLength: number,
): Part[] {
  const table = fields.flatMap(([name, type, offset]) => [...str(name), ...tuple(type, int(offset))])
  return dtype('V8', {
    order: '|',
    names: tuple(...fields.map(([name]) => str(name))),
    fields: ['EMPTY_DICT', 'MARK', ...table, 'SETITEMS'],
    itemByteLength,
  })
}

/** numpy.ndarray by _reconstruct and BUILD. */
export function ndarray(
  shape: readonly Part[],
  type: readonly Part[],
  content: readonly Part[],
  fortran = false,
): Part[] {
  return [
    ...call('numpy._core.multiarray', '_reconstruct', global('numpy', 'ndarray'), tuple(int(0)), bytes(98)),
    ...tuple(int(1), shape, type, [fortran ? 'NEWTRUE' : 'NEWFALSE'], content),
    'BUILD',
  ]
}

/** A joblib wrapper; what follows in the stream is the caller's. */
export function joblibArray(
  shape: readonly Part[],
  type: readonly Part[],
  alignment: readonly Part[] = ['NONE'],
): Part[] {
  const state: Part[] = [
    ...[...str('shape'), ...shape],
    ...[...str('order'), ...str('C')],
    ...[...str('dtype'), ...type],
    ...[...str('numpy_array_alignment_bytes'), ...alignment],
  ]
  return [
    ...global('joblib.numpy_pickle', 'NumpyArrayWrapper'),
    'EMPTY_TUPLE',
    'NEWOBJ',
    ...['EMPTY_DICT' as const, 'MARK' as const, ...state, 'SETITEMS' as const],
    'BUILD',
  ]
}

function toBytes(part: Uint8Array | { readonly text: string }): Uint8Array {
  if (part instanceof Uint8Array) return part
  return Uint8Array.from(part.text, (character) => character.charCodeAt(0))
}
