// A JSON text as JavaScript or Python writes it in, its value out.

/**
 * JSON, with a byte order mark in front or without, and the words NaN, Infinity and -Infinity, which Python's json.dump writes
 * and no JSON has: NaN is null, the way rows and answers spell what is missing.
 * @throws SyntaxError
 */
export function parsePythonJson(text: string): unknown {
  const json = text.startsWith('\ufeff') ? text.slice(1) : text
  try {
    return JSON.parse(json) as unknown
  } catch (error) {
    const plain = withoutWords(json)
    if (plain === json) throw error
    return JSON.parse(plain) as unknown
  }
}

/** A text in quotation marks, or a word that no JSON has. A text need not end: looking for its end again and again takes minutes. */
const textOrWord = /"[^"\\]*(?:\\[^][^"\\]*)*"?|-?\bInfinity\b|\bNaN\b/g

const plainWords: ReadonlyMap<string, string> = new Map([
  ['NaN', 'null'],
  // beyond the largest number: JSON.parse gives infinity for it
  ['Infinity', '1e999'],
  ['-Infinity', '-1e999'],
])

function withoutWords(json: string): string {
  return json.replace(textOrWord, (token) => plainWords.get(token) ?? token)
}
