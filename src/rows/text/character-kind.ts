// The inside of a character class in; whether characters of a text are of it, each asked of the expression once, out.

import { utf8CodePoint } from './utf8-text.ts'

const isOf = 1
const isNot = 2

/** Whether the character that begins at `i` is of the class. */
export type IsOfKind = (bytes: Uint8Array, i: number) => boolean

/** A byte a code point, of which the system gives those that are touched. */
export function createCharacterKind(inside: string): IsOfKind {
  const expression = new RegExp(`^[${inside}]$`, 'u')
  const kinds = new Uint8Array(0x110000)

  function ask(code: number): boolean {
    const is = expression.test(String.fromCodePoint(code))
    kinds[code] = is ? isOf : isNot
    return is
  }

  return (bytes, i) => {
    const lead = bytes[i]
    const code = lead < 0x80 ? lead : utf8CodePoint(bytes, i)
    const kind = kinds[code]
    return kind === 0 ? ask(code) : kind === isOf
  }
}
