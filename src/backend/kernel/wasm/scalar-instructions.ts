// Instructions on single numbers, under their own names in camel case (WebAssembly core specification 2.0).

import { expression, type Expression } from './expression.ts'
import { binaries, loads, stores, unaries } from './instruction.ts'
import { signedLeb } from './leb128.ts'

function bytesOfFloat(byteLength: 4 | 8, value: number): number[] {
  const bytes = new DataView(new ArrayBuffer(8))
  if (byteLength === 4) bytes.setFloat32(0, value, true)
  else bytes.setFloat64(0, value, true)
  return [...new Uint8Array(bytes.buffer, 0, byteLength)]
}

const saturating = 0xfc

export const i32 = {
  const: (value: number): Expression<'i32'> => expression('i32', 0x41, signedLeb(value | 0)),
  ...unaries('i32', 'i32', { eqz: 0x45, clz: 0x67, ctz: 0x68, popcnt: 0x69 }),
  ...binaries('i32', 'i32', {
    eq: 0x46,
    ne: 0x47,
    ltS: 0x48,
    ltU: 0x49,
    gtS: 0x4a,
    gtU: 0x4b,
    leS: 0x4c,
    leU: 0x4d,
    geS: 0x4e,
    geU: 0x4f,
    add: 0x6a,
    sub: 0x6b,
    mul: 0x6c,
    divU: 0x6e,
    remU: 0x70,
    and: 0x71,
    or: 0x72,
    xor: 0x73,
    shl: 0x74,
    shrS: 0x75,
    shrU: 0x76,
  }),
  ...unaries('i64', 'i32', { wrapI64: 0xa7 }),
  ...unaries('f32', 'i32', { reinterpretF32: 0xbc }),
  ...unaries('f64', 'i32', { truncSatF64S: 0x02, truncSatF64U: 0x03 }, saturating),
  ...unaries('f32', 'i32', { truncSatF32S: 0x00, truncSatF32U: 0x01 }, saturating),
  ...loads('i32', { load: 0x28, load8S: 0x2c, load8U: 0x2d, load16S: 0x2e, load16U: 0x2f }),
  ...stores('i32', { store: 0x36, store8: 0x3a, store16: 0x3b }),
} as const

export const i64 = {
  const: (value: bigint): Expression<'i64'> => expression('i64', 0x42, signedLeb(value)),
  ...unaries('i64', 'i64', { clz: 0x79, ctz: 0x7a, popcnt: 0x7b }),
  ...unaries('i64', 'i32', { eqz: 0x50 }),
  ...unaries('i32', 'i64', { extendI32S: 0xac, extendI32U: 0xad }),
  ...unaries('f64', 'i64', { reinterpretF64: 0xbd }),
  ...binaries('i64', 'i32', { eq: 0x51, ne: 0x52, ltS: 0x53, ltU: 0x54, gtS: 0x55, gtU: 0x56 }),
  ...binaries('i64', 'i64', {
    add: 0x7c,
    sub: 0x7d,
    mul: 0x7e,
    and: 0x83,
    or: 0x84,
    xor: 0x85,
    shl: 0x86,
    shrS: 0x87,
    shrU: 0x88,
  }),
  ...loads('i64', { load: 0x29, load8U: 0x31, load16U: 0x33, load32U: 0x35 }),
  ...stores('i64', { store: 0x37 }),
} as const

export const f32 = {
  const: (value: number): Expression<'f32'> => expression('f32', 0x43, bytesOfFloat(4, value)),
  ...unaries('f32', 'f32', { abs: 0x8b, neg: 0x8c, ceil: 0x8d, floor: 0x8e, trunc: 0x8f, nearest: 0x90, sqrt: 0x91 }),
  ...unaries('f64', 'f32', { demoteF64: 0xb6 }),
  ...unaries('i32', 'f32', { convertI32S: 0xb2, convertI32U: 0xb3, reinterpretI32: 0xbe }),
  ...binaries('f32', 'f32', { add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, min: 0x96, max: 0x97 }),
  ...binaries('f32', 'i32', { eq: 0x5b, ne: 0x5c, lt: 0x5d, gt: 0x5e, le: 0x5f, ge: 0x60 }),
  ...loads('f32', { load: 0x2a }),
  ...stores('f32', { store: 0x38 }),
} as const

export const f64 = {
  const: (value: number): Expression<'f64'> => expression('f64', 0x44, bytesOfFloat(8, value)),
  ...unaries('f64', 'f64', { abs: 0x99, neg: 0x9a, ceil: 0x9b, floor: 0x9c, trunc: 0x9d, nearest: 0x9e, sqrt: 0x9f }),
  ...unaries('f32', 'f64', { promoteF32: 0xbb }),
  ...unaries('i32', 'f64', { convertI32S: 0xb7, convertI32U: 0xb8 }),
  ...unaries('i64', 'f64', { reinterpretI64: 0xbf }),
  ...binaries('f64', 'f64', { add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, min: 0xa4, max: 0xa5, copysign: 0xa6 }),
  ...binaries('f64', 'i32', { eq: 0x61, ne: 0x62, lt: 0x63, gt: 0x64, le: 0x65, ge: 0x66 }),
  ...loads('f64', { load: 0x2b }),
  ...stores('f64', { store: 0x39 }),
} as const
