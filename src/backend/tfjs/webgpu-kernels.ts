// TensorFlow.js in, its WebGPU kernels that answer wrong replaced by right ones.

import type { KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core'
import type { Tfjs } from './tfjs-engine.ts'
import { elementwiseProgram, type WebgpuKernelBackend } from './webgpu-program.ts'

const own = new WeakSet<KernelFunc>()

/** Each differs from 4.22.0 in what its comment says; test/backend/tfjs/webgpu-kernels.integration.test.ts shows both. */
export function replaceKernels(tf: Tfjs): void {
  const original = (name: string): KernelFunc => {
    const found = tf.getKernel(name, 'webgpu')
    if (found === undefined) throw new RangeError(`tfjs-backend-webgpu has no kernel ${name}`)
    return found.kernelFunc
  }
  if (own.has(original(tf.Cumsum))) return
  const run: RunKernel = (name, inputs, attrs, backend) =>
    original(name)({ inputs, attrs: attrs as NamedAttrMap, backend }) as TensorInfo
  const transpose = original(tf.Transpose)
  const kernels: Readonly<Record<string, Kernel>> = {
    [tf.Transpose]: transposeOr((inputs, attrs, backend) => transpose({ inputs, attrs, backend }) as TensorInfo),
    [tf.Cumsum]: cumsum(tf, run),
    [tf.Exp]: unary('exp', 'exp(a)'),
    [tf.Sigmoid]: unary('sigmoid', '1.0 / (1.0 + exp(-a))'),
    [tf.Softmax]: softmax(tf, run),
  }
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    const kernelFunc: KernelFunc = ({ inputs, attrs = {}, backend }) =>
      kernel(inputs as Tensors, attrs as NamedAttrMap, backend as WebgpuKernelBackend)
    own.add(kernelFunc)
    tf.unregisterKernel(kernelName, 'webgpu')
    tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc })
  }
}

/** By the names of the kernel's inputs, which are all there. */
type Tensors = Readonly<Record<string, TensorInfo>>

type Kernel = (inputs: Tensors, attrs: NamedAttrMap, backend: WebgpuKernelBackend) => TensorInfo

type RunKernel = (
  name: string,
  inputs: Tensors,
  attrs: Readonly<Record<string, unknown>>,
  backend: WebgpuKernelBackend,
) => TensorInfo

const letters = ['x', 'y', 'z', 'w', 'u', 'v']

/**
 * Of int32 (and of float32 that a cast left as int32 on the device), 4.22.0's shader for rank 3 and more does not compile: it
 * writes i32 where f32 is declared; the one for matrices rounds to 24 bits. Those of float32 are right.
 */
function transposeOr(original: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { x } = inputs
    const perm = attrs['perm'] as number[]
    const rank = perm.length
    if (rank < 2 || backend.tensorMap.get(x.dataId).dtype === 'float32') return original(inputs, attrs, backend)
    const source = perm.map((_, axis) => `coords.${letters[perm.indexOf(axis)]}`).join(', ')
    const type = rank <= 4 ? `vec${rank}<i32>` : `vec${rank}`
    const program = elementwiseProgram(
      perm.map((axis) => x.shape[axis]),
      {
        key: `transpose ${perm.join()}`,
        inputs: ['x'],
        body: `let coords = getCoordsFromIndex(index);
          result[index] = ${wgslType(x)}(x[getIndexFromCoords${rank}D(${type}(${source}), uniforms.xShape)]);`,
      },
    )
    return backend.runWebGPUProgram(program, [x], x.dtype)
  }
}

/**
 * 4.22.0 puts the length into the shader of a reverse sum and not into its key, so that the first length wins; takes the
 * step from `pow`, which WGSL lets be a little less than the power; and rounds int32 to 24 bits.
 */
function cumsum(tf: Tfjs, run: RunKernel): Kernel {
  return ({ x }, attrs, backend) => {
    const last = x.shape.length - 1
    const axis = tf.util.parseAxisParam(attrs['axis'] as number, x.shape)[0]
    if (axis === last) return scan(x, attrs, backend)
    const perm = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i))
    const turned = run(tf.Transpose, { x }, { perm }, backend)
    const sums = scan(turned, attrs, backend)
    const turnedBack = run(tf.Transpose, { x: sums }, { perm }, backend)
    for (const { dataId } of [turned, sums]) backend.disposeData(dataId)
    return turnedBack
  }
}

/** Hillis and Steele: step by step each element adds the one 1, 2, 4, … before it; an exclusive sum is shifted at last. */
function scan(x: TensorInfo, { exclusive, reverse }: NamedAttrMap, backend: WebgpuKernelBackend): TensorInfo {
  const length = x.shape[x.shape.length - 1] ?? 1
  const elements = x.shape.reduce((product, size) => product * size, 1)
  if (elements === 0) return sameData(backend, x, x.shape)
  let sums = sameData(backend, x, [elements / length, length])
  const pass = (operation: 'add' | 'shift', step: number): void => {
    const program = scanProgram(sums, { operation, isReverse: reverse === true })
    const next = backend.runWebGPUProgram(program, [sums], x.dtype, [{ type: 'int32', data: [step] }])
    backend.disposeData(sums.dataId)
    sums = next
  }
  for (let step = 1; step < length; step *= 2) pass('add', step)
  if (exclusive === true) pass('shift', 1)
  const whole = sameData(backend, sums, x.shape)
  backend.disposeData(sums.dataId)
  return whole
}

function scanProgram(
  sums: TensorInfo,
  { operation, isReverse }: { readonly operation: 'add' | 'shift'; readonly isReverse: boolean },
) {
  const [isInside, other] = isReverse
    ? ['column + uniforms.step < uniforms.xShape[1]', 'x[index + uniforms.step]']
    : ['column >= uniforms.step', 'x[index - uniforms.step]']
  const type = wgslType(sums)
  return elementwiseProgram(sums.shape, {
    key: `scan ${operation} ${isReverse ? 'reverse' : 'forward'}`,
    inputs: ['x'],
    uniforms: 'step : i32,',
    body: `let column = index % uniforms.xShape[1];
      var value = ${type}(${operation === 'add' ? 'x[index]' : '0'});
      if (${isInside}) { value = value + ${type}(${other}); }
      result[index] = value;`,
  })
}

/** WGSL lets exp give any number for NaN, and some devices do: sigmoid of NaN became 0. */
function unary(key: string, value: string): Kernel {
  return ({ x }, _attrs, backend) => {
    const program = elementwiseProgram(x.shape, {
      key,
      inputs: ['x'],
      body: `let a = f32(x[index]);
        setOutputAtIndex(index, select(${value}, a, isnan(a)));`,
    })
    return backend.runWebGPUProgram(program, [x], 'float32')
  }
}

/** 4.22.0 gives 0 for a row with NaN, and rows past 65,535 write over each other; made of kernels that do neither. */
function softmax(tf: Tfjs, run: RunKernel): Kernel {
  return ({ logits }, attrs, backend) => {
    const axis = attrs['dim'] as number
    const largest = run(tf.Max, { x: logits }, { reductionIndices: axis, keepDims: true }, backend)
    const shifted = run(tf.Sub, { a: logits, b: largest }, {}, backend)
    const powers = run(tf.Exp, { x: shifted }, {}, backend)
    const sum = run(tf.Sum, { x: powers }, { axis, keepDims: true }, backend)
    const shares = run(tf.RealDiv, { a: powers, b: sum }, {}, backend)
    for (const { dataId } of [largest, shifted, powers, sum]) backend.disposeData(dataId)
    return shares
  }
}

function wgslType({ dtype }: TensorInfo): 'f32' | 'i32' {
  return dtype === 'float32' ? 'f32' : 'i32'
}

/** The same values under another shape; both must be disposed of. */
function sameData(backend: WebgpuKernelBackend, { dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
  backend.incRef(dataId)
  return { dataId, dtype, shape: [...shape] }
}
