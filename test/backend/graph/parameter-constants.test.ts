// Which constants get copies: those that an operation reads as a parameter, once a source, and no other.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { GraphNode } from '../../../src/backend/graph/graph-nodes.ts'
import { shapeRules } from '../../../src/backend/graph/graph-shape-rules.ts'
import { separateParameters } from '../../../src/backend/graph/parameter-constants.ts'

const node = (name: string, op: string, ...input: string[]): GraphNode => ({ name, op, input, attr: { of: name } })

test('gives each source one copy for all parameters, and leaves data alone', () => {
  const { nodes, copies } = separateParameters([
    node('x', 'Placeholder'),
    node('zero', 'Const'),
    node('one', 'Const'),
    node('clip', 'ClipByValue', 'x', 'zero', 'one'),
    node('rest', 'Sub', 'one', 'clip'),
    node('again', 'ClipByValue', 'rest', 'zero', 'one'),
  ])
  expect([...copies]).toEqual([
    ['zero/parameter', 'zero'],
    ['one/parameter', 'one'],
  ])
  expect(nodes).toEqual([
    { ...node('zero', 'Const'), name: 'zero/parameter' },
    { ...node('one', 'Const'), name: 'one/parameter' },
    node('x', 'Placeholder'),
    node('zero', 'Const'),
    node('one', 'Const'),
    node('clip', 'ClipByValue', 'x', 'zero/parameter', 'one/parameter'),
    node('rest', 'Sub', 'one', 'clip'),
    node('again', 'ClipByValue', 'rest', 'zero/parameter', 'one/parameter'),
  ])
})

test('counts a last input from the end, and finds a free name', () => {
  const { nodes } = separateParameters([
    node('a', 'Const'),
    node('a/parameter', 'Const'),
    node('joined', 'ConcatV2', 'a', 'a/parameter', 'a'),
  ])
  expect(nodes.at(-1)?.input).toEqual(['a', 'a/parameter', 'a/parameter-'])
})

test('leaves a parameter that no constant gives to the shape rules, which refuse it', () => {
  const graph = [node('x', 'Placeholder'), node('shaped', 'Reshape', 'x', 'x')]
  expect(separateParameters(graph).nodes).toEqual(graph)
})

type OpEntry = {
  readonly tfOpName: string
  readonly inputs?: readonly { readonly start: number; readonly type: string }[]
}

/** tfjs-converter's own op tables, which its package holds as text that is JSON but for its quotes. */
function converterOps(): OpEntry[] {
  const folder = new URL('../../../node_modules/@tensorflow/tfjs-converter/dist/operations/op_list/', import.meta.url)
  const tables = readdirSync(folder).filter((name) => name.endsWith('.js'))
  return tables.flatMap((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8')
    return JSON.parse(text.slice(text.indexOf('['), text.indexOf('\n];') + 2).replaceAll("'", '"')) as OpEntry[]
  })
}

test('names as parameters exactly what tfjs-converter reads as numbers', () => {
  const entries = new Map(converterOps().map((entry) => [entry.tfOpName, entry.inputs ?? []]))
  for (const [op, { parameters = [] }] of Object.entries(shapeRules)) {
    const read = entries
      .get(op)
      ?.filter(({ type }) => !type.startsWith('tensor'))
      .map(({ start }) => start)
    expect([op, read]).toEqual([op, parameters])
  }
})
