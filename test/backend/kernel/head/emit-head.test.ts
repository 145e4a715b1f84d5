// Random heads and raw columns: an emitted head must leave what the decoder gives, bit for bit.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClassifierTarget, Head } from '../../../../src/artifact/head.ts'
import { emitHead } from '../../../../src/backend/kernel/head/emit-head.ts'
import type { OutputArray } from '../../../../src/backend/kernel/head/head-stage.ts'
import { detectKernelFeatures } from '../../../../src/backend/kernel/kernel-features.ts'
import { KernelMemory } from '../../../../src/backend/kernel/kernel-memory.ts'
import { i32 } from '../../../../src/backend/kernel/wasm/scalar-instructions.ts'
import { WasmModule } from '../../../../src/backend/kernel/wasm/wasm-module.ts'
import { findWebAssembly } from '../../../../src/backend/kernel/wasm/web-assembly.ts'
import { createDecoder } from '../../../../src/rows/decode.ts'

const webAssembly = findWebAssembly()!
const blockRows = 16

/** Numbers as an emitted head leaves them, one list a row. */
type Outputs = { firstBad: number; [name: string]: number | number[][] }

function createHead(head: Head, rawWidth: number): (rows: readonly (readonly number[])[]) => Outputs {
  const module = new WasmModule()
  const memory = new KernelMemory()
  const raw = memory.reserve(4 * rawWidth * blockRows)
  const { run, ...arrays } = emitHead({ module, memory, features: detectKernelFeatures(), blockRows }, head, rawWidth)
  module.addFunction({ params: ['i32'], result: 'i32', exportName: 'head' }, ([count]) =>
    run.evaluate('i32', i32.const(raw), count.get),
  )
  const laid = memory.allocate()
  const instance = new webAssembly.Instance(new webAssembly.Module(module.toBytes()), { env: { memory: laid } })
  return (rows) => {
    // Dirty, as memory is from the rows before.
    for (const { address, width } of Object.values(arrays))
      new Uint8Array(laid.buffer, address, 4 * width * blockRows).fill(77)
    new Float32Array(laid.buffer, raw, rawWidth * blockRows).fill(NaN)
    new Float32Array(laid.buffer, raw, rows.length * rawWidth).set(rows.flat())
    const firstBad = instance.exports['head'](rows.length)
    const outputs: Outputs = { firstBad }
    for (const [name, { address, width }] of Object.entries(arrays) as [string, OutputArray][]) {
      const array = name === 'label' ? Int32Array : Float64Array
      outputs[name] = rows.map((_, r) => [
        ...new array(laid.buffer, address + r * width * array.BYTES_PER_ELEMENT, width),
      ])
    }
    return outputs
  }
}

/** What the decoder says, in the shape of an emitted head's arrays. */
function expected(head: Head, rows: readonly (readonly number[])[]): Outputs {
  const decode = createDecoder(head)
  const answers = rows.map((row) => decode(Float32Array.from(row), 0))
  const outputs: Outputs = { firstBad: -1 }
  for (const name of ['probabilities', 'scores', 'value', 'vector'] as const)
    if (answers[0][name] !== undefined) outputs[name] = answers.map((answer) => [answer[name]].flat(2) as number[])
  if (answers[0].label !== undefined)
    outputs['label'] = answers.map(({ label }) =>
      [label]
        .flat()
        .map((one, k) => (head.kind === 'classifier' ? head.targets[k].classes.indexOf(one!) : Number(one))),
    )
  return outputs
}

const raws = fc.oneof(
  fc.constantFrom(0, -0, 0.5, 1, -1, 2, 30, -30, 89, -104, -745, -746, -800, 710, 1e30, -1e30, Infinity, -Infinity),
  fc.constantFrom(1e-45, -1e-45, 1.0000001, -1e-9, 1e-17, 0.49999997),
  fc.double({ min: -40, max: 40, noNaN: true }),
)

const rawWidth = 40

const targets = fc
  .record({
    link: fc.constantFrom('identity', 'sigmoid', 'softmax', 'ovr-sigmoid', 'each-sigmoid'),
    classCount: fc.integer({ min: 1, max: 13 }),
    isNarrow: fc.boolean(),
    gap: fc.integer({ min: 0, max: 2 }),
    scale: fc.constantFrom(undefined, 1, 2, 0.5, -1.3),
    tie: fc.constantFrom(undefined, 'first', 'second'),
  })
  .map(({ link, classCount, isNarrow, gap, scale, tie }) => {
    const isBinary = link === 'sigmoid' || (link === 'identity' && isNarrow)
    const count = isBinary ? 2 : classCount
    const classes = Array.from({ length: count }, (_, k) => `c${k}`)
    return { classes, width: isBinary ? 1 : count, link, gap, scale, tie }
  })

const classifiers = fc
  .record({
    list: fc.array(targets, { minLength: 1, maxLength: 3 }),
    hasScores: fc.boolean(),
    isReversed: fc.boolean(),
  })
  .map(({ list, hasScores, isReversed }): Head => {
    let end = 0
    const placed = list.map(({ gap, ...target }) => {
      const start = end + gap
      end = start + target.width
      return { ...target, start } as ClassifierTarget
    })
    return { kind: 'classifier', targets: isReversed ? placed.reverse() : placed, hasScores }
  })

const heads: fc.Arbitrary<Head> = fc.oneof(
  { weight: 5, arbitrary: classifiers },
  fc
    .integer({ min: 1, max: 21 })
    .map((count): Head => ({ kind: 'multilabel', classes: new Array<string>(count).fill('c') })),
  fc.record({
    kind: fc.constant('regressor' as const),
    link: fc.constantFrom('identity' as const, 'exp' as const),
    targetCount: fc.integer({ min: 1, max: 21 }),
  }),
  fc.integer({ min: 1, max: rawWidth }).map((width): Head => ({ kind: 'transformer', width })),
)

const blocks = fc.array(fc.array(raws, { minLength: rawWidth, maxLength: rawWidth }), {
  minLength: 1,
  maxLength: blockRows,
})

describe('emitHead', () => {
  it('leaves what the decoder gives', () => {
    fc.assert(
      fc.property(heads, blocks, (head, rows) => {
        expect(createHead(head, rawWidth)(rows)).toEqual(expected(head, rows))
      }),
      { numRuns: 400 },
    )
  })

  it('names the first row with NaN, and answers the others', () => {
    const head: Head = { kind: 'regressor', link: 'exp', targetCount: 2 }
    const { firstBad, value } = createHead(
      head,
      2,
    )([
      [0, 1],
      [0, NaN],
      [NaN, 2],
      [3, 4],
    ])
    expect(firstBad).toBe(1)
    expect((value as number[][])[3]).toEqual([Math.exp(3), Math.exp(4)])
  })

  it.each([[0], [1], [2]])('names row %d of three where a margin is NaN', (bad) => {
    const target = { classes: ['a', 'b'], start: 0, width: 1, link: 'sigmoid' } as const
    const head: Head = { kind: 'classifier', targets: [target], hasScores: true }
    const rows = [0, 1, 2].map((row) => [row < bad ? 2 : NaN])
    expect(createHead(head, 1)(rows).firstBad).toBe(bad)
    expect(createHead(head, 1)(rows.map(() => [2]))).toEqual(
      expected(
        head,
        rows.map(() => [2]),
      ),
    )
  })

  it('minds NaN only where the head reads, and never in a vector', () => {
    const one = createHead({ kind: 'regressor', link: 'identity', targetCount: 1 }, 2)
    expect(one([[1, NaN]])).toEqual({ firstBad: -1, value: [[1]] })
    const vector = createHead({ kind: 'transformer', width: 2 }, 2)
    expect(vector([[NaN, 2]])).toEqual({ firstBad: -1, vector: [[NaN, 2]] })
  })

  it('refuses a target that its link does not fit', () => {
    const target = { classes: ['a', 'b', 'c'], start: 0, width: 3, link: 'sigmoid' } as const
    const head: Head = { kind: 'classifier', targets: [target], hasScores: false }
    expect(() => createHead(head, 3)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
  })
})
