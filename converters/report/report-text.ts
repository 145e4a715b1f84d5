// Numbers and tensors of a report in, short texts for people out.

import type { TensorRecord } from '../../src/artifact/metadata.ts'

/** 12,345 */
export function bytesText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Three digits; exponents where there would be many zeros. */
export function numberText(value: number): string {
  if (value === 0) return '0'
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  return size < 1e-4 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(4)))
}

export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** The encoding, and what it stands for where it is not the tensor's own values. */
export function storedAsText({ name, role, encoding }: Pick<TensorRecord, 'name' | 'role' | 'encoding'>): string {
  if (name.endsWith('/leaf-book')) return `code book of ${encoding}`
  return name.endsWith('/leaf') && role === 'structure' ? `${encoding} codes of leaf-book` : encoding
}
