// A model's regions in, the program of its kernel in plain JavaScript out: for realms without WebAssembly SIMD.

import type { Head } from '../../../artifact/head.ts'
import { isMLError } from '../../../errors.ts'
import { createDecoder } from '../../../rows/decode.ts'
import type { Answer } from '../../../rows/prediction.ts'
import {
  blockRowsOf,
  type KernelOutput,
  type KernelOutputName,
  type KernelProgram,
  type KernelSource,
} from '../kernel-program.ts'
import { createScriptKernel } from './script-kernel.ts'

/** @throws UNSUPPORTED with the region that no kernel computes */
export function createScriptProgram({ artifact, graph }: Omit<KernelSource, 'features'>): KernelProgram {
  const { head, inputs, rawWidth, schema } = artifact.metadata
  const width = schema.features.length
  const blockRows = blockRowsOf(width, rawWidth)
  const kernel = createScriptKernel(graph, inputs)
  const decode = createDecoder(head)
  const rows = new Float64Array(blockRows * width)
  const raw = new Float32Array(blockRows * rawWidth)
  const outputs = outputsOf(head, blockRows)
  const numbers = classNumbers(head)

  function write(answer: Answer, row: number): void {
    for (const [name, output] of Object.entries(outputs) as [KernelOutputName, KernelOutput][]) {
      const given = [answer[name]].flat(2) as (number | string | boolean)[]
      given.forEach((value, column) => {
        output.values[row * output.width + column] =
          name === 'label' ? (numbers[column].get(value) ?? 0) : (value as number)
      })
    }
  }

  return {
    title: 'plain JavaScript',
    byteLength: rows.byteLength + raw.byteLength,
    blockRows,
    rows,
    raw,
    run(rowCount) {
      kernel.run(rows, rowCount, raw)
      return false
    },
    checksRows: false,
    hasSpecialValue(rowCount) {
      for (let i = 0; i < rowCount * width; i++) if (!Number.isFinite(rows[i])) return true
      return false
    },
    outputs,
    decode(rowCount) {
      let firstBad = -1
      for (let row = 0; row < rowCount; row++)
        try {
          write(decode(raw, row * rawWidth), row)
        } catch (error) {
          if (!isMLError(error)) throw error
          if (firstBad < 0) firstBad = row
        }
      return firstBad
    },
  }
}

/** By column of `label`, the number of each class. */
function classNumbers(head: Head): ReadonlyMap<unknown, number>[] {
  if (head.kind === 'classifier' || head.kind === 'labels')
    return head.targets.map(({ classes }) => new Map(classes.map((value, number) => [value, number])))
  // yes or no, a column a class
  return head.kind === 'multilabel' ? head.classes.map(() => new Map([0, 1].map((value) => [value, value]))) : []
}

function outputsOf(head: Head, blockRows: number): KernelProgram['outputs'] {
  const float = (width: number): KernelOutput => ({ values: new Float64Array(blockRows * width), width })
  const whole = (width: number): KernelOutput => ({ values: new Int32Array(blockRows * width), width })
  switch (head.kind) {
    case 'classifier': {
      const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)
      return {
        label: whole(head.targets.length),
        probabilities: float(sum(head.targets.map(({ classes }) => classes.length))),
        ...(head.hasScores && { scores: float(sum(head.targets.map(({ width }) => width))) }),
      }
    }
    case 'labels': {
      const { targets } = head
      const sizeOf = (name: 'probabilities' | 'scores'): number =>
        targets.reduce((sum, target) => sum + (target[name]?.width ?? 0), 0)
      return {
        label: whole(targets.length),
        ...(targets.every(({ probabilities }) => probabilities) && { probabilities: float(sizeOf('probabilities')) }),
        ...(sizeOf('scores') > 0 && { scores: float(sizeOf('scores')) }),
      }
    }
    case 'multilabel': {
      const { length } = head.classes
      return { label: whole(length), probabilities: float(length), ...(head.scores && { scores: float(length) }) }
    }
    case 'regressor':
      return { value: float(head.targetCount) }
    case 'transformer':
      return { vector: float(head.width) }
  }
}
