// A text of a file that nobody vouches for in, the same out with escapes for what would move a cursor or turn lines around.

/** Control characters, line ends of Unicode, and marks that change the direction of what follows. */
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Escapes of JSON: `\n`, `\u001b`. */
export function visibleText(text: string): string {
  return text.replace(unseen, (sign) => {
    const short = JSON.stringify(sign).slice(1, -1)
    return short.startsWith('\\') ? short : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
