// Names, values and notes of a file that nobody vouches for in, TypeScript that means them and nothing else out.

import type { Scalar } from '../../src/artifact/schema.ts'

/** Characters that end a line of TypeScript, those that no text has, and marks by which code reads otherwise than it is. */
const lineEnds = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g

/** Longer texts are cut: comments are for people. */
const mostCommentLetters = 400

/** A string literal. JSON's are TypeScript's, but for two line ends that older compilers do not take. */
export function stringText(text: string): string {
  return JSON.stringify(text).replace(lineEnds, (signs) =>
    [...signs].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  )
}

/** The type of one value; a number that has no literal is any number. */
export function literalText(value: Scalar): string {
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return 'number'
  return JSON.stringify(value)
}

/** A property's name, quoted where it is no identifier. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : stringText(name)
}

/** One line of JSDoc that ends where it should. */
export function commentText(parts: readonly string[]): string {
  const text = parts
    .filter((part) => part !== '')
    .join('; ')
    .replace(lineEnds, ' ')
  const letters = [...text]
  const cut = letters.length > mostCommentLetters ? `${letters.slice(0, mostCommentLetters).join('')}…` : text
  // the space keeps a comment that ends in * from ending early
  return `/** ${cut.replace(/\*\//g, '* /')} */`
}

/** Each value once. @param most values, past which it is `wide` instead: unions of thousands take compilers minutes */
export function unionText(values: readonly Scalar[], wide: string, most = 500): string {
  const texts = [...new Set(values.map(literalText))]
  return texts.length === 0 || texts.length > most ? wide : texts.join(' | ')
}
