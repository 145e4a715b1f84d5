// Collects the nodes of a TensorFlow GraphDef as proto-JSON, and the small constants that they need.

import type { NamedTensor } from '../../src/artifact/tensor.ts'

export type NodeJson = {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr: Readonly<Record<string, unknown>>
}

const float = { type: 'DT_FLOAT' }
const int = { type: 'DT_INT32' }

export class GraphBuilder {
  readonly nodes: NodeJson[] = []
  /** Constants of the graph that belong to no region. */
  readonly constants: NamedTensor[] = []
  readonly #names = new Set<string>()

  /** A float32 matrix of any number of rows. */
  placeholder(name: string, width: number): string {
    return this.#push({ name, op: 'Placeholder', attr: { dtype: float, shape: { shape: shapeJson([-1, width]) } } })
  }

  /** The node that stands for a stored tensor. */
  tensor({ name, shape, dtype }: Pick<NamedTensor, 'name' | 'shape' | 'dtype'>): string {
    const type = dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32'
    return this.#push({
      name,
      op: 'Const',
      attr: { dtype: { type }, value: { tensor: { dtype: type, tensorShape: shapeJson(shape) } } },
    })
  }

  /** A scalar or vector of small integers; the same one is stored once. */
  integers(values: number | readonly number[], dtype: NamedTensor['dtype'] = 'int32'): string {
    const list = typeof values === 'number' ? [values] : values
    const name = `${dtype === 'int32' ? 'i' : 'f'}${typeof values === 'number' ? '' : 'v'}/${list.join('_')}`
    if (this.#names.has(name)) return name
    const shape = typeof values === 'number' ? [] : [list.length]
    const tensor: NamedTensor = { name, role: 'structure', shape, values: Float64Array.from(list), dtype }
    this.constants.push(tensor)
    return this.tensor(tensor)
  }

  /** An operation on float32, or, with `dtype`, on int32. */
  add(
    name: string,
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, unknown>> = { T: float },
  ): string {
    return this.#push({ name, op, input, attr })
  }

  /** a · b + bias, and an activation; never transposed and never batched, which TF.js' wasm gets wrong. */
  fusedMatMul(name: string, [a, b, bias]: readonly [string, string, string], activation?: 'Relu'): string {
    const fusedOps = ['BiasAdd', ...(activation ? [activation] : [])].map((op) => btoa(op))
    return this.add(name, '_FusedMatMul', [a, b, bias], {
      T: float,
      fused_ops: { list: { s: fusedOps } },
      num_args: { i: '1' },
      transpose_a: { b: false },
      transpose_b: { b: false },
    })
  }

  matMul(name: string, a: string, b: string): string {
    return this.add(name, 'MatMul', [a, b], { T: float, transpose_a: { b: false }, transpose_b: { b: false } })
  }

  concat(name: string, parts: readonly string[], axis: 0 | 1 = 1): string {
    const attr = { N: { i: String(parts.length) }, T: float, Tidx: int }
    return this.add(name, 'ConcatV2', [...parts, this.integers(axis)], attr)
  }

  /** Elements of `table` [n, width] at `indices` [..., 1]. GatherV2 is ten times slower on wasm. */
  gather(name: string, table: string, indices: string, dtype: NamedTensor['dtype'] = 'float32'): string {
    const attr = { Tparams: dtype === 'float32' ? float : int, Tindices: int }
    return this.add(name, 'GatherNd', [table, indices], attr)
  }

  reshape(name: string, input: string, shape: readonly number[], dtype: NamedTensor['dtype'] = 'float32'): string {
    const attr = { T: dtype === 'float32' ? float : int, Tshape: int }
    return this.add(name, 'Reshape', [input, this.integers(shape)], attr)
  }

  /**
   * Row k of [count, depth] is 1 where index k points, in float32. It is int32 first, since TF.js' wasm writes the bits of
   * int32 under any other name; and TF.js refuses a depth of 1.
   */
  oneHot(name: string, indices: string, { count, depth }: { readonly count: number; readonly depth: number }): string {
    if (depth === 1) return this.fill(name, [count, 1], 1)
    const values = [this.integers(depth), this.integers(1), this.integers(0)]
    const picked = this.add(`${name}-int32`, 'OneHot', [indices, ...values], { T: int, TI: int, axis: { i: '-1' } })
    return this.cast(name, picked, 'float32')
  }

  fill(name: string, shape: readonly number[], value: number): string {
    return this.add(name, 'Fill', [this.integers(shape), this.integers(value, 'float32')], {
      T: float,
      index_type: int,
    })
  }

  transpose(name: string, matrix: string): string {
    return this.add(name, 'Transpose', [matrix, this.integers([1, 0])], { T: float, Tperm: int })
  }

  cast(name: string, input: string, to: NamedTensor['dtype']): string {
    const [source, target] = to === 'int32' ? [float, int] : [int, float]
    return this.add(name, 'Cast', [input], { SrcT: source, DstT: target, Truncate: { b: false } })
  }

  #push(node: NodeJson): string {
    if (this.#names.has(node.name)) throw new RangeError(`graph has two nodes of name ${node.name}`)
    this.#names.add(node.name)
    this.nodes.push(node)
    return node.name
  }
}

export function shapeJson(shape: readonly number[]): { readonly dim: readonly { readonly size: string }[] } {
  return { dim: shape.map((size) => ({ size: String(size) })) }
}
