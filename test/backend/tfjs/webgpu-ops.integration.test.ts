// Every operation that a portable graph may hold, on WebGPU (SwiftShader) against TensorFlow.js' plain JavaScript.
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { shapeRules } from '../../../src/backend/graph/graph-shape-rules.ts'
import { createWebgpuBackend } from '../../../src/backend/tfjs/webgpu.ts'
import { createRandom } from '../../helpers/random-regions.ts'
import { whyNoSwiftshader } from '../../helpers/swiftshader.ts'

const reason = whyNoSwiftshader()
beforeEach(({ skip }) => skip(reason !== undefined, reason))

const backend = createWebgpuBackend({ adapter: 'software' }, (loss) => {
  throw new Error(loss)
})
beforeAll(async () => {
  if (reason !== undefined) return
  await backend.open()
  await import('@tensorflow/tfjs-backend-cpu')
  tf.env().set('IS_TEST', true)
})
afterAll(() => backend.close())

/** One row, fewer than a row of threads, a power of two, and one past a power of two. */
const rowCounts = [1, 7, 64, 513]
const random = createRandom(4)

/** A tensor of each backend is made of it: [values, shape, dtype]. */
type Source = readonly [values: Float32Array | Int32Array, shape: readonly number[]]

/** Numbers of all sizes, and what is none. Differences that are left out here are named at the end of the file. */
const hostile = [NaN, Infinity, -Infinity, -0, 0, 1e20, -1e20, 1e-30, 16_777_217, 88, -88, 20, -20, 1e-6, 0.5, 1]

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
const pick = (from: readonly number[]): number => from[Math.floor(random() * from.length)]
const plain = (...shape: number[]): Source => [
  Float32Array.from({ length: sizeOf(shape) }, () => (random() - 0.5) * 8),
  shape,
]
const mixed = (...shape: number[]): Source => [
  Float32Array.from({ length: sizeOf(shape) }, () => (random() < 0.3 ? pick(hostile) : (random() - 0.5) * 8)),
  shape,
]
/** What adds up the same in any order. */
const addable = (...shape: number[]): Source => [
  Float32Array.from({ length: sizeOf(shape) }, () =>
    random() < 0.05 ? pick([NaN, Infinity, -Infinity, -0]) : Math.round((random() - 0.5) * 200) / 4,
  ),
  shape,
]
const integers = (below: number, ...shape: number[]): Source => [
  Int32Array.from({ length: sizeOf(shape) }, () => Math.floor(random() * below)),
  shape,
]

type Case = {
  readonly name: string
  readonly inputs: (rows: number) => readonly Source[]
  readonly compute: (...tensors: Tensor[]) => Tensor | Tensor[]
  /** Relative to the larger of 1 and the number. @default 0: every bit */
  readonly tolerance?: number
}

/** WGSL's division and exponential may be some units in the last place off; products of K terms round in another order. */
const [division, exponential, product] = [2 ** -21, 2 ** -18, 2 ** -17]

const unary = (name: string, compute: (x: Tensor) => Tensor | Tensor[], tolerance = 0): Case[] => [
  { name: `${name}, seven columns`, inputs: (rows) => [mixed(rows, 7)], compute, tolerance },
  { name: `${name}, eight columns`, inputs: (rows) => [mixed(rows, 8)], compute, tolerance },
]

/** Each kind of broadcasting that the kernels tell apart, in floats and integers, in fours and not. */
function binary(compute: (a: Tensor, b: Tensor) => Tensor, { tolerance = 0, hasIntegers = true } = {}): Case[] {
  const shapes: readonly (readonly [string, (rows: number, width: number) => readonly [number[], number[]]])[] = [
    [
      'equal shapes',
      (rows, width) => [
        [rows, width],
        [rows, width],
      ],
    ],
    ['a vector on the right', (rows, width) => [[rows, width], [width]]],
    ['a long vector on the right', (rows, width) => [[rows, 32 * width], [32 * width]]],
    ['a vector on the left', (rows, width) => [[width], [rows, width]]],
    [
      'one row',
      (rows, width) => [
        [rows, width],
        [1, width],
      ],
    ],
    [
      'one column',
      (rows, width) => [
        [rows, width],
        [rows, 1],
      ],
    ],
    ['a scalar on the right', (rows, width) => [[rows, width], []]],
    ['a scalar on the left', (rows, width) => [[], [rows, width]]],
    [
      'three axes',
      (rows, width) => [
        [rows, width, 1],
        [width, 3],
      ],
    ],
  ]
  return shapes.flatMap(([name, shapesOf]) =>
    [5, 8].flatMap((width): Case[] => [
      {
        name: `${name}, ${width}`,
        inputs: (rows) => shapesOf(rows, width).map((s) => mixed(...s)),
        compute,
        tolerance,
      },
      ...(hasIntegers
        ? [
            {
              name: `${name}, ${width}, int32`,
              inputs: (rows: number) => shapesOf(rows, width).map((s) => integers(4000, ...s)),
              compute,
            },
          ]
        : []),
    ]),
  )
}

const products = (isFused: boolean): Case[] =>
  [
    [5, 1],
    [8, 3],
    [8, 64],
    [7, 130],
    [300, 16],
    [2100, 20],
  ].flatMap(([inner, outer]) =>
    (isFused ? (['linear', 'relu'] as const) : ([undefined] as const)).map((activation): Case => {
      const name = `${inner} to ${outer}${activation === undefined ? '' : `, ${activation}`}`
      const weights: Source = [plain(inner, outer)[0].map((value) => value / Math.sqrt(inner)), [inner, outer]]
      return {
        name,
        inputs: (rows) => [addable(rows, inner), weights, ...(isFused ? [plain(outer)] : [])],
        compute: (a, b, bias) =>
          activation === undefined
            ? tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)
            : tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation }),
        tolerance: product,
      }
    }),
  )

const cases: Readonly<Record<keyof typeof shapeRules, readonly Case[]>> = {
  Identity: unary('copies', (x) => tf.clone(x)),
  Neg: [...unary('negates', tf.neg), { name: 'int32', inputs: (rows) => [integers(1e6, rows, 3)], compute: tf.neg }],
  Cast: [
    {
      name: 'from float32, whole numbers and not',
      inputs: (rows) => [[mixed(rows, 6)[0].map((x) => (Math.abs(x) < 1e9 ? x : 3.75)), [rows, 6]]],
      compute: (x) => tf.cast(x, 'int32'),
    },
    { name: 'from int32', inputs: (rows) => [integers(1e7, rows, 6)], compute: (x) => tf.cast(x, 'float32') },
    {
      name: 'from int32, then a sum',
      inputs: (rows) => [integers(1e6, rows, 6)],
      compute: (x) => tf.add(tf.cast(x, 'float32'), 0.5),
    },
  ],
  Sigmoid: unary('squashes', tf.sigmoid, exponential),
  Tanh: unary('squashes', tf.tanh, exponential),
  Exp: unary('raises', tf.exp, exponential),
  Softmax: [
    ...unary('shares', (x) => tf.softmax(x), exponential),
    {
      name: 'many columns',
      inputs: (rows) => [plain(rows, 300)],
      compute: (x) => tf.softmax(x),
      tolerance: exponential,
    },
  ],
  Cumsum: [true, false].flatMap((exclusive) =>
    [true, false].flatMap((reverse): Case[] => {
      const name = `${exclusive ? 'exclusive' : 'inclusive'}, ${reverse ? 'reverse' : 'forward'}`
      return [
        {
          name: `${name}, along rows`,
          inputs: (rows) => [addable(rows, 5)],
          compute: (x) => tf.cumsum(x, 0, exclusive, reverse),
        },
        {
          name: `${name}, along columns`,
          inputs: (rows) => [addable(rows, 9)],
          compute: (x) => tf.cumsum(x, 1, exclusive, reverse),
        },
        {
          name: `${name}, a vector of int32`,
          inputs: (rows) => [integers(1e6, rows)],
          compute: (x) => tf.cumsum(x, 0, exclusive, reverse),
        },
        {
          name: `${name}, rows of int32`,
          inputs: (rows) => [integers(1e6, rows, 5)],
          compute: (x) => tf.cumsum(x, 0, exclusive, reverse),
        },
      ]
    }),
  ),
  ClipByValue: [
    ...unary('between 0 and 1', (x) => tf.clipByValue(x, 0, 1)),
    { name: 'int32', inputs: (rows) => [integers(100, rows, 3)], compute: (x) => tf.clipByValue(x, 5, 50) },
  ],
  AddV2: binary(tf.add),
  Sub: binary(tf.sub),
  Mul: binary(tf.mul),
  RealDiv: binary(tf.div, { tolerance: division, hasIntegers: false }),
  Minimum: binary(tf.minimum),
  MatMul: products(false),
  _FusedMatMul: products(true),
  ConcatV2: [
    ...unary('three along columns', (x) => tf.concat([x, x, x], 1)),
    ...unary('more than one shader may bind', (x) => tf.concat(new Array<Tensor>(30).fill(x), 1)),
    ...unary('two along rows', (x) => tf.concat([x, x], 0)),
    {
      name: 'int32',
      inputs: (rows) => [integers(1e6, rows, 3), integers(1e6, rows, 2)],
      compute: (a, b) => tf.concat([a, b], 1),
    },
  ],
  Reshape: unary('one column', (x) => tf.reshape(x, [-1, 1])),
  GatherNd: [1, 3].flatMap((width) => [
    {
      name: `float32, ${width} wide`,
      inputs: (rows) => [mixed(rows * 4, width), integers(rows * 4, rows, 6, 1)],
      compute: gather,
    },
    {
      name: `int32, ${width} wide`,
      inputs: (rows) => [integers(1e7, rows * 4, width), integers(rows * 4, rows, 6, 1)],
      compute: gather,
    },
  ]),
  OneHot: [
    {
      name: 'indices inside and outside',
      inputs: (rows) => [[integers(9, rows)[0].map((i) => i - 2), [rows]]],
      compute: (x) => tf.oneHot(x, 6, 1, 0, 'int32'),
    },
  ],
  Fill: [{ name: 'a number', inputs: (rows) => [plain(rows, 1)], compute: (x) => tf.fill([x.shape[0], 3], 2.5) }],
  Tile: [
    ...unary('along both axes', (x) => tf.tile(x, [2, 3])),
    { name: 'int32', inputs: (rows) => [integers(1e6, rows, 3)], compute: (x) => tf.tile(x, [3, 1]) },
  ],
  Transpose: [
    ...unary('a matrix', (x) => tf.transpose(x)),
    { name: 'three axes', inputs: (rows) => [mixed(rows, 3, 4)], compute: (x) => tf.transpose(x, [2, 0, 1]) },
    {
      name: 'three axes of int32',
      inputs: (rows) => [integers(1e9, rows, 3, 4)],
      compute: (x) => tf.transpose(x, [1, 2, 0]),
    },
  ],
  Sum: [
    { name: 'along columns', inputs: (rows) => [addable(rows, 9)], compute: (x) => tf.sum(x, 1, true) },
    { name: 'along rows', inputs: (rows) => [addable(rows, 9)], compute: (x) => tf.sum(x, 0) },
    { name: 'of int32', inputs: (rows) => [integers(1000, rows, 9)], compute: (x) => tf.sum(x, 1) },
  ],
  Slice: [
    ...unary('some columns', (x) => tf.slice(x, [0, 2], [-1, 3])),
    { name: 'int32', inputs: (rows) => [integers(1e6, rows, 5)], compute: (x) => tf.slice(x, [0, 1], [-1, 2]) },
  ],
  SplitV: unary('three parts', (x) => tf.split(x, [1, 4, x.shape[1]! - 5], 1)),
}

function gather(params: Tensor, indices: Tensor): Tensor {
  return tf.gatherND(params, indices)
}

type Answer = { readonly shape: readonly number[]; readonly dtype: string; readonly values: ArrayLike<number> }

async function answers(name: 'cpu' | 'webgpu', { compute }: Case, sources: readonly Source[]): Promise<Answer[]> {
  await tf.setBackend(name)
  const tensors = sources.map(([values, shape]) =>
    tf.tensor(values.slice(), [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
  )
  const found = tf.tidy(() => compute(...tensors))
  const outputs = Array.isArray(found) ? found : [found]
  try {
    return await Promise.all(outputs.map(async (x) => ({ shape: x.shape, dtype: x.dtype, values: await x.data() })))
  } finally {
    for (const tensor of [...tensors, ...outputs]) tensor.dispose()
  }
}

function expectSame(got: Answer, expected: Answer, tolerance: number): void {
  expect([got.dtype, got.shape, got.values.length]).toEqual([expected.dtype, expected.shape, expected.values.length])
  for (let i = 0; i < expected.values.length; i++) {
    const [mine, other] = [got.values[i], expected.values[i]]
    const isSame = mine === other || (Number.isNaN(mine) && Number.isNaN(other))
    if (!isSame && !(Math.abs(mine - other) <= tolerance * Math.max(1, Math.abs(other))))
      throw new RangeError(`number ${i} is ${mine} on WebGPU and ${other} on cpu`)
  }
}

test('has cases for every operation of a portable graph', () =>
  expect(Object.keys(cases).sort()).toEqual(Object.keys(shapeRules).sort()))

describe.each(Object.entries(cases))('%s', (_, list) => {
  test.each(list.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    for (const rows of rowCounts) {
      const sources = one.inputs(rows)
      const [got, expected] = [await answers('webgpu', one, sources), await answers('cpu', one, sources)]
      expect(got.length).toBe(expected.length)
      expected.forEach((answer, i) => expectSame(got[i], answer, one.tolerance ?? 0))
    }
  })
})

describe('differs from cpu, where no graph of ours goes', () => {
  const onWebgpu = async (compute: () => Tensor): Promise<number[]> => {
    await tf.setBackend('webgpu')
    const result = tf.tidy(compute)
    const values = [...(await result.data())]
    result.dispose()
    return values
  }
  test('int32 beyond 24 bits is rounded by arithmetic and gathering: no run has so many elements to index', async () => {
    const sum = () => tf.add(tf.tensor1d([16_777_217], 'int32'), tf.tensor1d([0], 'int32'))
    expect(await onWebgpu(sum)).toEqual([16_777_216])
  })
  test('numbers too small for 24 bits may be zero', async () => {
    const [tiny] = await onWebgpu(() => tf.mul(tf.tensor1d([1e-40]), 2))
    expect([0, Math.fround(2e-40)]).toContain(tiny)
  })
  test('floats beyond int32 are cast to its ends, not around it', async () => {
    const [most] = await onWebgpu(() => tf.cast(tf.tensor1d([3e9]), 'int32'))
    expect(most).toBeGreaterThan(2_147_480_000)
  })
})
