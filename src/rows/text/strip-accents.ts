// A text and a way to strip its accents in, the text without them out, as scikit-learn strips them.

/** Source: sklearn/feature_extraction/text.py of 1.9.1, `strip_accents_unicode` and `strip_accents_ascii`. */
export const stripAccents: Readonly<Record<'ascii' | 'unicode', (text: string) => string>> = {
  ascii: (text) => (isAscii(text) ? text : text.normalize('NFKD').replace(notAscii, '')),
  unicode(text) {
    if (isAscii(text)) return text
    let stripped = ''
    for (const character of text.normalize('NFKD')) if (!isCombining(character)) stripped += character
    return stripped
  },
}

const notAscii = /[^\x00-\x7f]/g

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

const known = new Map<string, boolean>()

/**
 * Whether the canonical combining class of a character is not 0, which JavaScript does not tell: normalization moves a
 * character with a class from 1 to 239 in front of one with 240, the highest, and no other.
 */
function isCombining(character: string): boolean {
  if (character < '\u0300') return false
  const found = known.get(character)
  if (found !== undefined) return found
  const isIt = character === highest || `a${highest}${character}`.normalize('NFD') === `a${character}${highest}`
  known.set(character, isIt)
  return isIt
}

/** COMBINING GREEK YPOGEGRAMMENI: the only character of class 240. */
const highest = '\u0345'
