// Numbers in, short texts for people out.

/** 1,234,567 */
export function countText(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Bytes as they are, grouped: people compare them before and after. */
export function bytesText(value: number): string {
  return `${countText(value)} B`
}

/** Three digits, exponents where it is tiny. */
export function errorText(value: number): string {
  if (value === 0) return '0'
  return Math.abs(value) >= 0.001 ? value.toPrecision(3) : value.toExponential(1)
}

/** 12.3 ms or 46 µs */
export function millisecondsText(value: number): string {
  const micros = Math.round(1000 * value)
  if (micros < 1000) return `${micros} µs`
  return `${value >= 100 ? countText(value) : value.toPrecision(3)} ms`
}

export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
