// A token pattern of Python's re module in, the JavaScript expression that finds the same tokens out.

/** What `str.isalnum` and `_` are, which is what \w means in Python; without combining marks. */
export const wordClass = String.raw`\p{L}\p{N}_`

/** What `str.isspace` holds of: not U+FEFF, but the separators U+001C to U+001F and U+0085. */
export const spaceClass = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`

const boundary = `(?:(?<=[${wordClass}])(?![${wordClass}])|(?<![${wordClass}])(?=[${wordClass}]))`

/** Each is an expression inside brackets of the v flag. */
const classes: Readonly<Record<string, string>> = {
  w: wordClass,
  d: String.raw`\p{Nd}`,
  s: spaceClass,
  W: `[^${wordClass}]`,
  D: String.raw`\P{Nd}`,
  S: `[^${spaceClass}]`,
}

type Atom = { readonly inside: string; readonly least: number; readonly most: number }

/** Longer ones are no token patterns. */
const longestPattern = 200
const mostRepeats = 100

/**
 * Undefined where the pattern is not known to be found in time that grows with the text alone: taken are sequences of
 * characters and classes with repetitions, of which only the last has no end, between `\b` or not, such as
 * `(?u)\b\w\w+\b`, `[a-zA-Z]{3,}`, `\S+`, `\b[^\W\d_]+\b`. What can match nothing is not taken either.
 */
export function tokenExpression(pattern: string): RegExp | undefined {
  const parts = readPattern(pattern)
  if (parts === undefined) return undefined
  const leastOfWord = leastWordLength(pattern)
  // a word as a whole needs no look around it
  if (leastOfWord !== undefined) return new RegExp(`[${wordClass}]{${leastOfWord},}`, 'gu')
  const source = parts.atoms
    .map(({ inside, least, most }) => `[${inside}]{${least},${most === Infinity ? '' : most}}`)
    .join('')
  return new RegExp(`${parts.isBegun ? boundary : ''}${source}${parts.isEnded ? boundary : ''}`, 'gv')
}

/** The least characters of a token where tokens are all runs of `wordClass` that have as many; undefined of other patterns. */
export function leastWordLength(pattern: string): number | undefined {
  const { atoms = [] } = readPattern(pattern) ?? {}
  const areWords = atoms.every(({ inside }) => inside === wordClass) && atoms.at(-1)?.most === Infinity
  return areWords ? leastOf(atoms) : undefined
}

type Pattern = { readonly atoms: readonly Atom[]; readonly isBegun: boolean; readonly isEnded: boolean }

/** `isBegun` and `isEnded`: by a boundary of words. */
function readPattern(pattern: string): Pattern | undefined {
  if (pattern.length > longestPattern) return undefined
  const parts = /^(?:\(\?u\))?(\((?:\?:)?)?(\\b)?(\((?:\?:)?)?([^]*?)(\))?(\\b)?(\))?$/.exec(pattern)
  if (parts === null) return undefined
  const [, outer, first, inner, body, innerEnd, last, outerEnd] = parts
  const groups = [outer, inner].filter((group) => group !== undefined)
  const ends = [innerEnd, outerEnd].filter((end) => end !== undefined)
  // one group holds all that is found, with the look around it or without
  if (groups.length > 1 || groups.length !== ends.length || (last !== undefined && first === undefined))
    return undefined
  if (inner !== undefined && innerEnd === undefined && last !== undefined) return undefined
  const atoms = readAtoms(body)
  if (atoms === undefined || atoms.slice(0, -1).some(({ most }) => most === Infinity)) return undefined
  return leastOf(atoms) === 0 ? undefined : { atoms, isBegun: first !== undefined, isEnded: last !== undefined }
}

function leastOf(atoms: readonly Atom[]): number {
  return atoms.reduce((sum, atom) => sum + atom.least, 0)
}

const atomPattern =
  /(?:\[(\^?)(\]?(?:\\[^]|[^\]\\])*)\]|\\([^])|([^\\[\](){}*+?|^$.])|(\.))(\*|\+|\?|\{\d{1,3}(?:,\d{0,3})?\})?(?![*+?{])/uy

function readAtoms(body: string): Atom[] | undefined {
  const atoms: Atom[] = []
  atomPattern.lastIndex = 0
  while (atomPattern.lastIndex < body.length) {
    const match = atomPattern.exec(body)
    if (match === null) return undefined
    const [, negated, listed, escaped, literal, dot, repeats] = match
    const inside =
      listed !== undefined
        ? classOf(listed, negated === '^')
        : dot !== undefined
          ? String.raw`[^\n]`
          : escaped !== undefined
            ? escapedClass(escaped)
            : literalOf(literal)
    const range = repeatsOf(repeats)
    if (inside === undefined || range === undefined) return undefined
    atoms.push({ inside, ...range })
  }
  return atoms.length === 0 ? undefined : atoms
}

function repeatsOf(text: string | undefined): Pick<Atom, 'least' | 'most'> | undefined {
  switch (text) {
    case undefined:
      return { least: 1, most: 1 }
    case '*':
      return { least: 0, most: Infinity }
    case '+':
      return { least: 1, most: Infinity }
    case '?':
      return { least: 0, most: 1 }
    default: {
      const [least, most = least] = text.slice(1, -1).split(',')
      const range = { least: Number(least), most: most === '' ? Infinity : Number(most) }
      const isOrdered = range.least <= range.most && range.least <= mostRepeats
      return isOrdered && (range.most <= mostRepeats || range.most === Infinity) ? range : undefined
    }
  }
}

/** Letters and digits behind a backslash mean something else, each in its own way; other characters themselves. */
function escapedClass(character: string): string | undefined {
  if (Object.hasOwn(classes, character)) return classes[character]
  return /^[a-zA-Z0-9]$/.test(character) ? undefined : literalOf(character)
}

function classOf(listed: string, isNegated: boolean): string | undefined {
  const items = [...listed.matchAll(/\\([^])|([^])/gu)].map(([, escaped, literal]) => ({ escaped, literal }))
  const parts: string[] = []
  for (let i = 0; i < items.length; i++) {
    const [item, dash, end] = items.slice(i, i + 3)
    if (dash?.literal === '-' && end !== undefined) {
      const [from, to] = [characterOf(item), characterOf(end)]
      if (from === undefined || to === undefined || Number(from.codePointAt(0)) > Number(to.codePointAt(0)))
        return undefined
      parts.push(`${literalOf(from)}-${literalOf(to)}`)
      i += 2
    } else {
      const part = item.escaped === undefined ? literalOf(item.literal) : escapedClass(item.escaped)
      if (part === undefined) return undefined
      parts.push(part)
    }
  }
  // Python warns of sets that it may read otherwise one day; nobody needs them here
  if (parts.length === 0 || /--|&&|~~|\|\||\[/.test(listed)) return undefined
  return isNegated ? `[^${parts.join('')}]` : parts.join('')
}

function characterOf({ escaped, literal }: { escaped?: string; literal?: string }): string | undefined {
  if (escaped === undefined) return literal
  return /^[a-zA-Z0-9]$/.test(escaped) ? undefined : escaped
}

/** By its number, so that no character has a meaning. */
function literalOf(character: string): string {
  return `\\u{${Number(character.codePointAt(0)).toString(16)}}`
}
