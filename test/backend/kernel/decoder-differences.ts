// A kernel with raw columns in its memory and its head in, where what it decodes is not what the decoder gives, bit for bit, out.

import type { Head } from '../../../src/artifact/head.ts'
import type { KernelProgram } from '../../../src/backend/kernel/kernel-program.ts'
import { isMLError } from '../../../src/errors.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import type { Answer } from '../../../src/rows/prediction.ts'

/** Of the first `rowCount` rows; what it decodes of a row that has no answer is not looked at. */
export function differencesFromDecoder(program: KernelProgram, head: Head, rowCount = program.blockRows): string[] {
  const decode = createDecoder(head)
  const rawWidth = program.raw.length / program.blockRows
  const found: string[] = []
  let expectedBad = -1
  const firstBad = program.decode(rowCount)
  for (let row = 0; row < rowCount && found.length < 5; row++) {
    const answer = answerOf(() => decode(program.raw, row * rawWidth))
    if (answer === undefined) {
      if (expectedBad < 0) expectedBad = row
      continue
    }
    for (const name of ['label', 'probabilities', 'scores', 'value', 'vector'] as const) {
      const expected = numbersOf(answer, name, head)
      const { values, width } = program.outputs[name] ?? { values: [], width: 0 }
      const got = Array.from(values.slice(row * width, (row + 1) * width))
      if (got.length === expected.length && got.every((value, k) => Object.is(value, expected[k]))) continue
      found.push(`row ${row}: ${name} is ${got.join()}, expected ${expected.join()}`)
    }
  }
  if (firstBad !== expectedBad) found.push(`first bad row is ${firstBad}, expected ${expectedBad}`)
  return found
}

function answerOf(decode: () => Answer): Answer | undefined {
  try {
    return decode()
  } catch (error) {
    if (isMLError(error)) return undefined
    throw error
  }
}

/** Labels as numbers of their classes. */
function numbersOf(answer: Answer, name: 'label' | 'probabilities' | 'scores' | 'value' | 'vector', head: Head) {
  const given: unknown = answer[name]
  const values = given === undefined ? [] : [given].flat(2)
  if (name !== 'label' || (head.kind !== 'classifier' && head.kind !== 'labels')) return values as number[]
  return values.map((value, target) => head.targets[target].classes.findIndex((one) => Object.is(one, value)))
}
