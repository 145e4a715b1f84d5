// Instructions on 128-bit vectors, under their own names in camel case (WebAssembly core specification 2.0, relaxed SIMD).

import { type Code, type Expression, expression, type Statement, statement, type ValueType } from './expression.ts'
import { binaries, loads, memoryArgument, simdPrefix, stores, unaries } from './instruction.ts'
import { unsignedLeb } from './leb128.ts'

type Vector = Expression<'v128'>

const vectorUnaries = <Table extends Readonly<Record<string, number>>>(table: Table) =>
  unaries('v128', 'v128', table, simdPrefix)
const vectorBinaries = <Table extends Readonly<Record<string, number>>>(table: Table) =>
  binaries('v128', 'v128', table, simdPrefix)
const masks = <Table extends Readonly<Record<string, number>>>(table: Table) =>
  unaries('v128', 'i32', table, simdPrefix)

function simd(opcode: number): Code {
  return [simdPrefix, unsignedLeb(opcode)]
}

function shifts<Table extends Readonly<Record<string, number>>>(table: Table) {
  const build = (opcode: number) => (a: Vector, bits: Expression<'i32'>) =>
    expression('v128', a.code, bits.code, simd(opcode))
  return Object.fromEntries(Object.entries(table).map(([name, opcode]) => [name, build(opcode)])) as {
    readonly [Name in keyof Table]: (a: Vector, bits: Expression<'i32'>) => Vector
  }
}

function ternary(opcode: number) {
  return (a: Vector, b: Vector, c: Vector): Vector => expression('v128', a.code, b.code, c.code, simd(opcode))
}

function extractLane<Type extends ValueType>(type: Type, opcode: number) {
  return (a: Vector, lane: number): Expression<Type> => expression(type, a.code, simd(opcode), lane)
}

function replaceLane<Type extends ValueType>(_: Type, opcode: number) {
  return (a: Vector, lane: number, value: Expression<Type>): Vector =>
    expression('v128', a.code, value.code, simd(opcode), lane)
}

function storeLane(opcode: number) {
  return (address: Expression<'i32'>, a: Vector, lane: number, byteOffset = 0): Statement =>
    statement(address.code, a.code, simd(opcode), memoryArgument(byteOffset), lane)
}

export const v128 = {
  /** 16 bytes, lowest first. */
  const: (bytes: readonly number[]): Vector => expression('v128', simd(0x0c), [...bytes]),
  ...vectorUnaries({ not: 0x4d }),
  ...vectorBinaries({ and: 0x4e, andnot: 0x4f, or: 0x50, xor: 0x51 }),
  /** Bits of `a` where `mask` is 1, of `b` elsewhere. */
  bitselect: (a: Vector, b: Vector, mask: Vector): Vector => ternary(0x52)(a, b, mask),
  ...masks({ anyTrue: 0x53 }),
  ...loads(
    'v128',
    {
      load: 0x00,
      load8x8S: 0x01,
      load8x8U: 0x02,
      load16x4S: 0x03,
      load16x4U: 0x04,
      load8Splat: 0x07,
      load16Splat: 0x08,
      load32Splat: 0x09,
      load64Splat: 0x0a,
      load32Zero: 0x5c,
      load64Zero: 0x5d,
    },
    simdPrefix,
  ),
  ...stores('v128', { store: 0x0b }, simdPrefix),
  store8Lane: storeLane(0x58),
  store16Lane: storeLane(0x59),
  store32Lane: storeLane(0x5a),
  store64Lane: storeLane(0x5b),
} as const

export const i8x16 = {
  ...unaries('i32', 'v128', { splat: 0x0f }, simdPrefix),
  shuffle: (a: Vector, b: Vector, lanes: readonly number[]): Vector =>
    expression('v128', a.code, b.code, simd(0x0d), [...lanes]),
  extractLaneS: extractLane('i32', 0x15),
  extractLaneU: extractLane('i32', 0x16),
  replaceLane: replaceLane('i32', 0x17),
  ...vectorBinaries({
    /** Lane i of the result is lane b[i] of a; 0 where b[i] > 15. */
    swizzle: 0x0e,
    relaxedSwizzle: 0x100,
    eq: 0x23,
    ne: 0x24,
    ltS: 0x25,
    ltU: 0x26,
    gtS: 0x27,
    gtU: 0x28,
    leU: 0x2a,
    geU: 0x2c,
    narrowI16x8S: 0x65,
    narrowI16x8U: 0x66,
    add: 0x6e,
    addSatU: 0x70,
    sub: 0x71,
    subSatU: 0x73,
    minS: 0x76,
    minU: 0x77,
    maxS: 0x78,
    maxU: 0x79,
  }),
  ...vectorUnaries({ abs: 0x60, neg: 0x61, popcnt: 0x62 }),
  ...masks({ bitmask: 0x64 }),
  ...shifts({ shl: 0x6b, shrS: 0x6c, shrU: 0x6d }),
  relaxedLaneselect: ternary(0x109),
} as const

export const i16x8 = {
  ...unaries('i32', 'v128', { splat: 0x10 }, simdPrefix),
  extractLaneS: extractLane('i32', 0x18),
  extractLaneU: extractLane('i32', 0x19),
  replaceLane: replaceLane('i32', 0x1a),
  ...vectorBinaries({
    eq: 0x2d,
    ltU: 0x30,
    gtS: 0x31,
    gtU: 0x32,
    leU: 0x34,
    geU: 0x36,
    narrowI32x4S: 0x85,
    narrowI32x4U: 0x86,
    add: 0x8e,
    sub: 0x91,
    mul: 0x95,
    minS: 0x96,
    minU: 0x97,
    maxS: 0x98,
    maxU: 0x99,
  }),
  ...vectorUnaries({
    extaddPairwiseI8x16S: 0x7c,
    extaddPairwiseI8x16U: 0x7d,
    abs: 0x80,
    extendLowI8x16S: 0x87,
    extendHighI8x16S: 0x88,
    extendLowI8x16U: 0x89,
    extendHighI8x16U: 0x8a,
  }),
  ...masks({ bitmask: 0x84 }),
  ...shifts({ shl: 0x8b, shrS: 0x8c, shrU: 0x8d }),
} as const

export const i32x4 = {
  ...unaries('i32', 'v128', { splat: 0x11 }, simdPrefix),
  extractLane: extractLane('i32', 0x1b),
  replaceLane: replaceLane('i32', 0x1c),
  ...vectorBinaries({
    eq: 0x37,
    ltS: 0x39,
    gtS: 0x3b,
    gtU: 0x3c,
    add: 0xae,
    sub: 0xb1,
    mul: 0xb5,
    minS: 0xb6,
    maxS: 0xb8,
    dotI16x8S: 0xba,
  }),
  ...vectorUnaries({
    extaddPairwiseI16x8S: 0x7e,
    extaddPairwiseI16x8U: 0x7f,
    extendLowI16x8S: 0xa7,
    extendHighI16x8S: 0xa8,
    extendLowI16x8U: 0xa9,
    extendHighI16x8U: 0xaa,
    truncSatF32x4S: 0xf8,
    truncSatF64x2SZero: 0xfc,
    relaxedTruncF32x4S: 0x101,
  }),
  ...masks({ bitmask: 0xa4 }),
  ...shifts({ shl: 0xab, shrS: 0xac, shrU: 0xad }),
} as const

export const i64x2 = {
  ...unaries('i64', 'v128', { splat: 0x12 }, simdPrefix),
  extractLane: extractLane('i64', 0x1d),
  ...vectorBinaries({ add: 0xce, sub: 0xd1, eq: 0xd6 }),
  ...vectorUnaries({ extendLowI32x4S: 0xc7, extendLowI32x4U: 0xc9 }),
  ...shifts({ shl: 0xcb, shrU: 0xcd }),
} as const

export const f32x4 = {
  ...unaries('f32', 'v128', { splat: 0x13 }, simdPrefix),
  extractLane: extractLane('f32', 0x1f),
  replaceLane: replaceLane('f32', 0x20),
  ...vectorBinaries({
    eq: 0x41,
    ne: 0x42,
    lt: 0x43,
    gt: 0x44,
    le: 0x45,
    ge: 0x46,
    add: 0xe4,
    sub: 0xe5,
    mul: 0xe6,
    div: 0xe7,
    min: 0xe8,
    max: 0xe9,
    pmin: 0xea,
    pmax: 0xeb,
  }),
  ...vectorUnaries({
    demoteF64x2Zero: 0x5e,
    ceil: 0x67,
    floor: 0x68,
    trunc: 0x69,
    nearest: 0x6a,
    abs: 0xe0,
    neg: 0xe1,
    sqrt: 0xe3,
    convertI32x4S: 0xfa,
    convertI32x4U: 0xfb,
  }),
  /** a · b + c, rounded once or twice as the processor likes; relaxed SIMD. */
  relaxedMadd: ternary(0x105),
} as const

export const f64x2 = {
  ...unaries('f64', 'v128', { splat: 0x14 }, simdPrefix),
  extractLane: extractLane('f64', 0x21),
  replaceLane: replaceLane('f64', 0x22),
  ...vectorBinaries({
    eq: 0x47,
    ne: 0x48,
    lt: 0x49,
    gt: 0x4a,
    le: 0x4b,
    ge: 0x4c,
    add: 0xf0,
    sub: 0xf1,
    mul: 0xf2,
    div: 0xf3,
    min: 0xf4,
    max: 0xf5,
    pmin: 0xf6,
    pmax: 0xf7,
  }),
  ...vectorUnaries({
    promoteLowF32x4: 0x5f,
    ceil: 0x74,
    floor: 0x75,
    trunc: 0x7a,
    nearest: 0x94,
    abs: 0xec,
    neg: 0xed,
    sqrt: 0xef,
    convertLowI32x4S: 0xfe,
    convertLowI32x4U: 0xff,
  }),
  relaxedMadd: ternary(0x107),
} as const
