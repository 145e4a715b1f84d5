import { describe, expect, test } from 'vitest'
import { countUp, select, sequence } from '../../../../src/backend/kernel/wasm/control.ts'
import { f64, i32 } from '../../../../src/backend/kernel/wasm/scalar-instructions.ts'
import { f32x4, i8x16, v128 } from '../../../../src/backend/kernel/wasm/vector-instructions.ts'
import { WasmModule } from '../../../../src/backend/kernel/wasm/wasm-module.ts'

import { findWebAssembly } from '../../../../src/backend/kernel/wasm/web-assembly.ts'

const webAssembly = findWebAssembly()!

function instantiate(module: WasmModule) {
  const memory = new webAssembly.Memory({ initial: 1 })
  const { exports } = new webAssembly.Instance(new webAssembly.Module(module.toBytes()), { env: { memory } })
  return { memory, run: exports }
}

describe('WasmModule', () => {
  test('adds up what a loop reads from memory', () => {
    const module = new WasmModule()
    module.addFunction({ params: ['i32', 'i32'], result: 'f64', exportName: 'sum' }, ([address, count], { local }) => {
      const [i, total] = [local('i32'), local('f64')]
      const next = f64.load(i32.add(address.get, i32.shl(i.get, i32.const(3))))
      return [countUp(i, { end: count.get }, total.set(f64.add(total.get, next))), total.get]
    })
    const { memory, run } = instantiate(module)
    new Float64Array(memory.buffer, 64, 4).set([1.5, 2, -3, 10])
    expect(run['sum'](64, 4)).toBe(10.5)
    expect(run['sum'](64, 0)).toBe(0)
  })

  test('lets one function call another', () => {
    const module = new WasmModule()
    const larger = module.addFunction({ params: ['f64', 'f64'], result: 'f64' }, ([a, b]) =>
      select(f64.gt(a.get, b.get), a.get, b.get),
    )
    module.addFunction({ params: ['f64'], result: 'f64', exportName: 'clip' }, ([x]) =>
      larger.evaluate('f64', x.get, f64.const(-0.25)),
    )
    const { run } = instantiate(module)
    expect(run['clip'](-7)).toBe(-0.25)
    expect(run['clip'](7)).toBe(7)
  })

  test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 2 ** 31 - 1, -(2 ** 31)])(
    'writes the constant %d',
    (value) => {
      const module = new WasmModule()
      module.addFunction({ params: [], result: 'i32', exportName: 'constant' }, () => i32.const(value))
      expect(instantiate(module).run['constant']()).toBe(value)
    },
  )

  test('runs vector instructions', () => {
    const module = new WasmModule()
    module.addFunction({ params: ['i32'], exportName: 'double' }, ([address], { local }) => {
      const x = local('v128')
      return sequence(
        x.set(v128.load(address.get)),
        v128.store(address.get, f32x4.add(x.get, x.get), 16),
        v128.store(address.get, i8x16.swizzle(x.get, v128.const([12, 13, 14, 15, ...Array<number>(12).fill(255)])), 32),
      )
    })
    const { memory, run } = instantiate(module)
    const values = new Float32Array(memory.buffer, 0, 12)
    values.set([1, 2, 3, 4])
    run['double'](0)
    expect([...values.subarray(4)]).toEqual([2, 4, 6, 8, 4, 0, 0, 0])
  })
})
