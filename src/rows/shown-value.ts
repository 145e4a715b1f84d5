// Any value that a caller gave in; how the text of an error shows it, told apart from its look-alikes, out.

/** Longer texts are cut: an error is read by a person, and logged. */
const longestText = 80

/** Texts in quotes, numbers and true, false, null as they are, objects by their kind alone: they may hold secrets. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > longestText ? `${value.slice(0, longestText)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (value === null || (typeof value !== 'object' && typeof value !== 'symbol')) return String(value)
  return Array.isArray(value) ? `an array of ${value.length}` : Object.prototype.toString.call(value)
}
