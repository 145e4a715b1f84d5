// A Python literal, as the header of an .npy file has one, in; its value as plain data out.

import { PyDict, type PyValue } from '../pickle/values.ts'

/** Lists in lists without end would end the stack; headers nest four levels. */
const deepest = 16
const token = /\s*(?:([[\](){},:])|'([^'\\]*)'|"([^"\\]*)"|(-?\d{1,15})L?(?![\d.])|(True|False|None)\b)/y
const words: ReadonlyMap<string, PyValue> = new Map<string, PyValue>([
  ['True', true],
  ['False', false],
  ['None', null],
])

/** Undefined where `text` is none: lists, tuples, dicts, texts without escapes, whole numbers, True, False and None. */
export function parsePythonLiteral(text: string): PyValue | undefined {
  const tokens = tokensOf(text)
  if (tokens === undefined) return undefined
  const reader = { tokens, at: 0 }
  const value = readValue(reader, 0)
  return reader.at === tokens.length ? value : undefined
}

type Token = { readonly mark: string } | { readonly value: PyValue }
type Reader = { readonly tokens: readonly Token[]; at: number }

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  token.lastIndex = 0
  while (token.lastIndex < end) {
    const match = token.exec(text)
    if (match === null) return undefined
    const [, mark, single, double, digits, word] = match
    if (mark !== undefined) tokens.push({ mark })
    else if (digits !== undefined) tokens.push({ value: Number(digits) })
    else tokens.push({ value: single ?? double ?? words.get(word) ?? null })
  }
  return tokens
}

function readValue(reader: Reader, depth: number): PyValue | undefined {
  const first = reader.tokens.at(reader.at++)
  if (first === undefined || depth > deepest) return undefined
  if ('value' in first) return first.value
  if (first.mark === '{') return readDict(reader, depth)
  const close = first.mark === '[' ? ']' : first.mark === '(' ? ')' : undefined
  if (close === undefined) return undefined
  const items: PyValue[] = []
  while (!takeMark(reader, close)) {
    const item = readValue(reader, depth + 1)
    if (item === undefined) return undefined
    items.push(item)
    if (takeMark(reader, ',')) continue
    return takeMark(reader, close) ? items : undefined
  }
  return items
}

function readDict(reader: Reader, depth: number): PyDict | undefined {
  const dict = new PyDict()
  while (!takeMark(reader, '}')) {
    const key = readValue(reader, depth + 1)
    const value = takeMark(reader, ':') ? readValue(reader, depth + 1) : undefined
    if (key === undefined || value === undefined) return undefined
    dict.entries.push([key, value])
    if (takeMark(reader, ',')) continue
    return takeMark(reader, '}') ? dict : undefined
  }
  return dict
}

function takeMark(reader: Reader, mark: string): boolean {
  const next = reader.tokens[reader.at]
  if (next === undefined || !('mark' in next) || next.mark !== mark) return false
  reader.at++
  return true
}
