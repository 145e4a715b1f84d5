// A head in, the graph outputs out that answer a stock TensorFlow.js user: probabilities or values.

import type { ClassifierTarget, ColumnRange, Head } from '../../src/artifact/head.ts'
import type { GraphBuilder } from './graph-builder.ts'

export type GraphOutput = { readonly name: string; readonly width: number }

/** Outputs besides `raw`, each float32 [rows, width]. */
export function addHeadOutputs(builder: GraphBuilder, head: Head, rawWidth: number): GraphOutput[] {
  switch (head.kind) {
    case 'classifier':
      return head.targets.map((target, number) => {
        const name = head.targets.length === 1 ? 'probabilities' : `probabilities_${number}`
        return addProbabilities(builder, target, { name, rawWidth })
      })
    case 'multilabel': {
      const width = head.classes.length
      const raw = addTargetColumns(builder, { start: 0, width }, { name: 'probabilities', rawWidth })
      return [{ name: builder.add('probabilities', 'Sigmoid', [raw]), width }]
    }
    case 'regressor':
      return [{ name: builder.add('value', head.link === 'exp' ? 'Exp' : 'Identity', ['raw']), width: rawWidth }]
    // what it names are raw columns
    case 'labels':
    case 'transformer':
      return []
  }
}

function addProbabilities(
  builder: GraphBuilder,
  target: ClassifierTarget,
  { name, rawWidth }: { readonly name: string; readonly rawWidth: number },
): GraphOutput {
  const raw = addTargetColumns(builder, target, { name, rawWidth })
  const { width } = target
  switch (target.link) {
    case 'identity':
      return width === 1 ? addPair(builder, name, raw) : { name: builder.add(name, 'Identity', [raw]), width }
    case 'sigmoid':
      return addPair(
        builder,
        name,
        builder.add(`${name}/second`, 'Sigmoid', [addScaled(builder, target, { name, raw })]),
      )
    case 'softmax':
      return { name: builder.add(name, 'Softmax', [raw]), width }
    case 'each-sigmoid':
      return { name: builder.add(name, 'Sigmoid', [addScaled(builder, target, { name, raw })]), width }
    case 'ovr-sigmoid': {
      const each = builder.add(`${name}/each`, 'Sigmoid', [raw])
      const sum = builder.add(`${name}/sum`, 'Sum', [each, builder.integers(1)], {
        T: { type: 'DT_FLOAT' },
        Tidx: { type: 'DT_INT32' },
        keep_dims: { b: true },
      })
      return { name: builder.add(name, 'RealDiv', [each, sum]), width }
    }
  }
}

function addTargetColumns(
  builder: GraphBuilder,
  { start, width }: ColumnRange,
  { name, rawWidth }: { readonly name: string; readonly rawWidth: number },
): string {
  if (width === rawWidth) return 'raw'
  const bounds = [builder.integers([0, start]), builder.integers([-1, width])]
  return builder.add(`${name}/raw`, 'Slice', ['raw', ...bounds], {
    T: { type: 'DT_FLOAT' },
    Index: { type: 'DT_INT32' },
  })
}

function addScaled(
  builder: GraphBuilder,
  { scale = 1 }: ClassifierTarget,
  { name, raw }: { readonly name: string; readonly raw: string },
): string {
  if (scale === 1) return raw
  const constant = {
    name: `${name}/scale`,
    role: 'parameter',
    shape: [],
    values: Float64Array.of(scale),
    dtype: 'float32',
  } as const
  builder.constants.push(constant)
  return builder.add(`${name}/scaled`, 'Mul', [raw, builder.tensor(constant)])
}

/** Probabilities of both classes from that of the second. */
function addPair(builder: GraphBuilder, name: string, second: string): GraphOutput {
  const first = builder.add(`${name}/first`, 'Sub', [builder.integers(1, 'float32'), second])
  return { name: builder.concat(name, [first, second]), width: 2 }
}
