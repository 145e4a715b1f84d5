// A size as people write it (300 KiB, 2MB, 30%) or a number of bytes in, a bound in bytes or as a share out.

export type SizeBound = { readonly unit: 'bytes' | 'share'; readonly most: number }

const bytesOfUnit = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
} as const satisfies Record<string, number>

/** Undefined where `size` is none. */
export function parseSizeBound(size: unknown): SizeBound | undefined {
  if (typeof size === 'number') return size >= 0 ? { unit: 'bytes', most: size } : undefined
  const match = typeof size === 'string' ? /^\s*(\d{1,15}(?:\.\d{1,15})?)\s*([a-z]{0,3}|%)\s*$/i.exec(size) : null
  if (match === null) return undefined
  const value = Number(match[1])
  const unit = match[2].toLowerCase()
  if (unit === '%') return { unit: 'share', most: value / 100 }
  if (!Object.hasOwn(bytesOfUnit, unit)) return undefined
  return { unit: 'bytes', most: value * bytesOfUnit[unit as keyof typeof bytesOfUnit] }
}
