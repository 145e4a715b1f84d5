// The bytes of a CSV with a header, and what training.json says of its columns, in; a table of numbers out.

import { parse } from 'csv-parse/sync'
import { createError } from '../../errors.ts'
import { nameHint } from '../../rows/nearest-name.ts'
import { nodeSha256 } from '../../runtime/node-hash.ts'
import type { DataConfig, SplitConfig } from '../training-config.ts'
import { dataLimits } from './data-limits.ts'
import type { TrainingTable } from './training-table.ts'

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** As pandas, numpy and R write what is not there. */
const missingCell = /^(nan|na|null)?$/i

/** @throws INPUT_INVALID naming line and column; LIMIT_EXCEEDED for a file larger than training takes */
export function parseTable(
  bytes: Uint8Array,
  where: string,
  { data, split }: { readonly data: DataConfig; readonly split: SplitConfig },
): TrainingTable {
  if (bytes.byteLength > dataLimits.byteLength)
    throw createError('LIMIT_EXCEEDED', `${where} may have ${dataLimits.byteLength} bytes, got ${bytes.byteLength}`)
  const [header, ...lines] = recordsOf(bytes, where)
  if (header === undefined) throw createError('INPUT_INVALID', `${where} is empty; expected a line with column names`)
  const names = header.map((name) => name.trim())
  const indexOf = (name: string, key: string): number => {
    const index = names.indexOf(name)
    if (index < 0)
      throw createError('INPUT_INVALID', `${where} has no column ${name}, which ${key} names; ${nameHint(name, names)}`)
    if (names.includes(name, index + 1))
      throw createError('INPUT_INVALID', `${where} has two columns named ${name}; expected each name once`)
    return index
  }
  const numbersOf = (name: string, key: string): Float64Array => {
    const index = indexOf(name, key)
    return Float64Array.from(lines, (cells, row) => readNumber(cells[index], `${where} row ${row + 1}, column ${name}`))
  }
  const probabilitiesOf = (name: string): Float64Array =>
    numbersOf(name, 'data.trueProbability').map((value, row) => {
      if (value >= 0 && value <= 1) return value
      throw createError('INPUT_INVALID', `${where} row ${row + 1}: ${name} must be a probability, got ${value}`)
    })
  const timesOf = (name: string): Float64Array =>
    numbersOf(name, 'split.column').map((value, row) => {
      if (!Number.isNaN(value)) return value
      throw createError('INPUT_INVALID', `${where} row ${row + 1}: ${name} must say when the row was, got nothing`)
    })
  const rowCount = lines.length
  const width = data.features.length
  const features = new Float64Array(rowCount * width)
  data.features.forEach((name, feature) => {
    numbersOf(name, 'data.features').forEach((value, row) => {
      features[row * width + feature] = value
    })
  })
  const isJudged = new Uint8Array(rowCount).fill(1)
  for (const [name, wanted] of Object.entries(data.evaluateWhere ?? {}))
    numbersOf(name, 'data.evaluateWhere').forEach((value, row) => {
      if (value !== wanted) isJudged[row] = 0
    })
  const { target, trueProbability, group } = data
  return {
    rowCount,
    featureNames: data.features,
    features,
    target: Uint8Array.from(numbersOf(target, 'data.target'), (value, row) => {
      if (value === 0 || value === 1) return value
      throw createError('INPUT_INVALID', `${where} row ${row + 1}: ${target} must be 0 or 1, got ${value}`)
    }),
    ...(trueProbability !== undefined && { trueProbability: probabilitiesOf(trueProbability) }),
    ...(group !== undefined && { group: groupsOf(lines, indexOf(group, 'data.group'), `${where}, column ${group}`) }),
    ...(split.kind === 'time' && { time: timesOf(split.column) }),
    isJudged,
    sha256: nodeSha256(bytes),
  }
}

function recordsOf(bytes: Uint8Array, where: string): string[][] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return parse(text, { skip_empty_lines: true, max_record_size: dataLimits.lineLength })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw createError('INPUT_INVALID', `${where} must be a CSV file of UTF-8 text: ${reason}`, { cause })
  }
}

/** Rows without a group are no group: lumped together they would all lie on one side. */
function groupsOf(lines: readonly (readonly string[])[], index: number, where: string): Int32Array {
  const numbers = new Map<string, number>()
  return Int32Array.from(lines, (cells, row) => {
    if (cells[index].trim() === '')
      throw createError('INPUT_INVALID', `${where}, row ${row + 1}: expected the name of a group, got nothing`)
    const number = numbers.get(cells[index]) ?? numbers.size
    numbers.set(cells[index], number)
    return number
  })
}

function readNumber(cell: string, at: string): number {
  const trimmed = cell.trim()
  if (missingCell.test(trimmed)) return NaN
  const value = decimal.test(trimmed) ? Number(trimmed) : Infinity
  if (Number.isFinite(value)) return value
  throw createError('INPUT_INVALID', `${at}: expected a finite number, or nothing, got '${trimmed.slice(0, 40)}'`)
}
