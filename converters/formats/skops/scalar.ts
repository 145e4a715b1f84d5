// The JSON text of a scalar, or the text and type of a dict's key, in; the value that Python has there out.

import type { PyValue } from '../pickle/values.ts'

const notInJson: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])
/** As for pickles: decimal digits cost quadratic time, and Python itself refuses more. */
const integerDigits = 4300

/** Undefined where it is none. */
export function readScalar(json: string): PyValue | undefined {
  const special = notInJson.get(json)
  if (special !== undefined) return special
  if (/^-?\d+$/.test(json)) return integerOf(json)
  try {
    const value: unknown = JSON.parse(json)
    const isScalar = value === null || ['string', 'number', 'boolean'].includes(typeof value)
    return isScalar ? (value as PyValue) : undefined
  } catch {
    return undefined
  }
}

/** Keys are texts in the file, whatever they were. */
export function readKey(text: string, type: string): PyValue | undefined {
  if (type === 'str' || type === 'str_') return text
  if (type === 'NoneType') return null
  if (type === 'bool' || type === 'bool_') return text.toLowerCase() === 'true'
  if (/^u?int\d*$/.test(type)) return /^-?\d+$/.test(text) ? integerOf(text) : undefined
  if (!/^float\d*$/.test(type)) return undefined
  const number = notInJson.get(text) ?? Number(text)
  return text.trim() === '' ? undefined : number
}

function integerOf(digits: string): number | bigint | undefined {
  const number = Number(digits)
  if (Number.isSafeInteger(number)) return number
  return digits.length <= integerDigits ? BigInt(digits) : undefined
}
