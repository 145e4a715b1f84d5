import { describe, expect, it } from 'vitest'
import { addExponential, exponentialOf } from '../../../../src/backend/kernel/head/exponential.ts'
import { KernelMemory } from '../../../../src/backend/kernel/kernel-memory.ts'
import { WasmModule } from '../../../../src/backend/kernel/wasm/wasm-module.ts'
import { findWebAssembly } from '../../../../src/backend/kernel/wasm/web-assembly.ts'

const webAssembly = findWebAssembly()!

function createExponential(): (x: number) => number {
  const module = new WasmModule()
  const kernelMemory = new KernelMemory()
  const exponential = addExponential({ module, memory: kernelMemory })
  module.addFunction({ params: ['f64'], result: 'f64', exportName: 'exp' }, ([x]) => exponentialOf(exponential, x.get))
  const memory = kernelMemory.allocate()
  return new webAssembly.Instance(new webAssembly.Module(module.toBytes()), { env: { memory } }).exports['exp']
}

const bits = new DataView(new ArrayBuffer(8))

/** The doubles around `value`. */
function around(value: number): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    bits.setFloat64(0, value)
    bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(i - 4))
    return bits.getFloat64(0)
  })
}

/** Numbers of [0, 1) that are the same each time (Park and Miller's generator). */
function createNumbers(): () => number {
  let state = 12_345
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

describe('emitted exponential', () => {
  const exp = createExponential()

  it.each([
    ['nothing and infinity', [0, -0, NaN, Infinity, -Infinity, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE]],
    ['overflow', around(7.09782712893383973096e2)],
    ['underflow', [...around(-7.4513321910194110842e2), ...around(-708.3964185322641), ...around(-744)]],
    ['where reduction begins', [...around(0.5 * Math.LN2), ...around(-0.5 * Math.LN2), ...around(0.346573829650879)]],
    [
      'where the second case begins',
      [...around(1.5 * Math.LN2), ...around(-1.5 * Math.LN2), ...around(1.03972053527832)],
    ],
    ['where it is 1 + x', [...around(2 ** -28), ...around(-(2 ** -28)), ...around(2 ** -53), ...around(-(2 ** -54))]],
    ['one', [...around(1), ...around(-1)]],
    [
      'high words',
      [0x3fd62e42, 0x3fd62e43, 0x3ff0a2b2, 0x40862e42].flatMap((high) => {
        bits.setUint32(0, high)
        bits.setUint32(4, 0)
        return [...around(bits.getFloat64(0)), ...around(-bits.getFloat64(0))]
      }),
    ],
  ])('is Math.exp at %s', (_, values) => {
    expect(values.map(exp)).toEqual(values.map(Math.exp))
  })

  it('is Math.exp of thousands of numbers of every size', () => {
    const next = createNumbers()
    const values = Array.from({ length: 20_000 }, (_, i) => (next() - 0.5) * 2 ** ((i % 70) - 58))
    expect(values.map(exp)).toEqual(values.map(Math.exp))
  })
})
