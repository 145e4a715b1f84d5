// Half-precision numbers: a double in, its 16 bits out, and back.

/** Bits of the nearest binary16, ties to even; overflow gives infinity. */
export function toFloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  if (magnitude >= 65520) return sign | 0x7c00
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)))
  const steps = roundHalfEven(magnitude / 2 ** (exponent - 10))
  // A subnormal has no hidden bit; a normal whose steps round up to 2048 carries into the exponent by itself.
  return sign | (steps < 1024 ? steps : ((exponent + 14) << 10) + steps)
}

export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** JavaScript's Math.round takes halves up. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}
