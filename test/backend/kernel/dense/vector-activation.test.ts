// Activations of kernels over the whole range of float32, against float64.
import { describe, expect, test } from 'vitest'
import { createVectorActivation } from '../../../../src/backend/kernel/dense/vector-activation.ts'
import { multiplyAdd } from '../../../../src/backend/kernel/dense/multiply-add.ts'
import { loopWhile, sequence } from '../../../../src/backend/kernel/wasm/control.ts'
import { i32 } from '../../../../src/backend/kernel/wasm/scalar-instructions.ts'
import { v128 } from '../../../../src/backend/kernel/wasm/vector-instructions.ts'
import { WasmModule } from '../../../../src/backend/kernel/wasm/wasm-module.ts'
import { findWebAssembly } from '../../../../src/backend/kernel/wasm/web-assembly.ts'
import { activate, type Activation } from '../../../../src/regions/dense-chain.ts'
import { activations, featureSets } from './dense-chains.ts'

const webAssembly = findWebAssembly()!

function applied(activation: Activation, features: { readonly relaxedSimd: boolean }, values: Float32Array) {
  const module = new WasmModule()
  module.addFunction({ params: ['i32', 'i32'], exportName: 'run' }, ([at, end], scope) => {
    const x = scope.local('v128')
    const { prepare, apply } = createVectorActivation(activation, { scope, add: multiplyAdd(features) })
    return [
      prepare,
      loopWhile(
        i32.ltU(at.get, end.get),
        sequence(x.set(v128.load(at.get)), apply(x), v128.store(at.get, x.get), at.set(i32.add(at.get, i32.const(16)))),
      ),
    ]
  })
  const memory = new webAssembly.Memory({ initial: Math.ceil((values.byteLength + 16) / 65_536) })
  const { exports } = new webAssembly.Instance(new webAssembly.Module(module.toBytes()), { env: { memory } })
  const view = new Float32Array(memory.buffer, 0, values.length)
  view.set(values)
  exports['run'](0, values.byteLength)
  return view
}

/** Every 4001st float32, both signs, all exponents; infinities apart. */
function everyMagnitude(): Float32Array {
  const bits = new Uint32Array(4 * Math.floor(0x7f80_0000 / 4001 / 2))
  for (let i = 0; i < bits.length; i += 2) {
    bits[i] = (i / 2) * 4001
    bits[i + 1] = bits[i] | 0x8000_0000
  }
  return new Float32Array(bits.buffer)
}

/** Distance from one float32 to the next at `x`, no smaller than that of the smallest normal number. */
function unitAt(x: number): number {
  return 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23)
}

/** Largest distance from the exact value in its last places. Measured: 6.5 for tanh, 2.4 for logistic. */
const mostUnits = { identity: 0, relu: 0, tanh: 7, logistic: 3 } as const

describe.each(featureSets)('createVectorActivation with %s', (_, features) => {
  test.each(activations)('%s is within a few units of float32 everywhere', (activation) => {
    const values = everyMagnitude()
    let most = 0
    let worst = 0
    applied(activation, features, values).forEach((got, i) => {
      const exact = activate(activation, values[i])
      // below, 1 / (1 + e⁻ˣ) is 0: e⁸⁹ is beyond float32
      if (activation === 'logistic' && values[i] < -88 && got < 1e-38) return
      const units = Math.abs(got - exact) / unitAt(exact)
      if (units > most) [most, worst] = [units, values[i]]
    })
    expect(most, `at ${worst}`).toBeLessThanOrEqual(mostUnits[activation])
  })

  test.each(activations)('%s takes infinities and zeros as it should, and leaves NaN what it is', (activation) => {
    const values = Float32Array.from([Infinity, -Infinity, 0, -0, NaN, 1e38, -1e38, 1e-45])
    const got = [...applied(activation, features, values)]
    const exact = [...values].map((value) => activate(activation, value))
    got.forEach((value, i) => expect(value === exact[i] || (Number.isNaN(value) && Number.isNaN(exact[i]))).toBe(true))
  })
})
