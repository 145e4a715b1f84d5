// Steps with their parameters in, equally long records in a kernel's memory out, which emitted loops walk.

import type { KernelBuild } from '../kernel-stage.ts'

export type StepRecord = {
  /** Bytes from where the group's sources begin. */
  readonly source: number
  /** Bytes from where its targets begin. */
  readonly target: number
  readonly ints: readonly number[]
  readonly floats: readonly number[]
}

/** A record: source, target and ints as 32-bit integers, then from byte `floatsAt` the floats as float64. */
export type RecordTable = {
  readonly address: number
  readonly count: number
  readonly stride: number
  readonly floatsAt: number
}

/** All records have as many ints and floats as the first. */
export function layRecords(build: KernelBuild, records: readonly StepRecord[]): RecordTable {
  const [{ ints, floats }] = records
  const floatsAt = Math.ceil((8 + 4 * ints.length) / 8) * 8
  const stride = floatsAt + 8 * floats.length
  const bytes = new DataView(new ArrayBuffer(stride * records.length))
  records.forEach((record, index) => {
    const at = index * stride
    ;[record.source, record.target, ...record.ints].forEach((value, i) => bytes.setInt32(at + 4 * i, value, true))
    record.floats.forEach((value, i) => bytes.setFloat64(at + floatsAt + 8 * i, value, true))
  })
  const address = build.memory.table(new Uint8Array(bytes.buffer))
  return { address, count: records.length, stride, floatsAt }
}
