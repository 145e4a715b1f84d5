// The settings of a scikit-learn vectorizer in; how it tells the terms of a text out.

import { longestNgram } from '../../../../src/artifact/text-columns.ts'
import { tokenExpression } from '../../../../src/rows/text/token-expression.ts'
import { PyObject, PySet, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toValues } from '../estimator-reader.ts'
import type { Scope } from '../estimator-spec.ts'
import type { Counting } from '../feature-record.ts'
import type { Column, ColumnSet } from '../columns.ts'
import { dtypeName } from '../one-hot-encoder.ts'
import { unsupported } from '../place.ts'

/** What `_VectorizerMixin` reads of its own settings. */
export const analyzerReads = [
  'input',
  'strip_accents',
  'preprocessor',
  'tokenizer',
  'analyzer',
  'lowercase',
  'token_pattern',
  'stop_words',
  'ngram_range',
  'binary',
  'dtype',
] as const

export const analyzerIgnored = {
  encoding: 'of bytes; rows hold texts',
  decode_error: 'of bytes; rows hold texts',
  stop_words_: 'terms that fitting left out',
  _stop_words_id: 'a check while fitting',
  fixed_vocabulary_: 'fitted into vocabulary_',
  max_df: 'fitted into vocabulary_',
  min_df: 'fitted into vocabulary_',
  max_features: 'fitted into vocabulary_',
  vocabulary: 'fitted into vocabulary_',
} as const

/** Lists of stop words are some hundred words; a hostile one must not fill the metadata. */
const mostStopWords = 100_000

const dtypes = ['float64', 'float32', 'int64', 'int32', 'float', 'int']

export type Telling = Omit<Counting, 'names' | 'signed'>

/** @throws UNSUPPORTED where a setting is a function, or a pattern that cannot be written in JavaScript */
export function readAnalyzer(reader: EstimatorReader): Telling {
  const { place } = reader
  const input = reader.string('input')
  if (input !== 'content')
    throw unsupported(place, `input=${input}`, 'A row holds the text itself: set input="content".')
  for (const name of ['preprocessor', 'tokenizer'])
    if (reader.value(name) !== null)
      throw unsupported(place, `a ${name} of its own`, 'No Python runs here: do its work before, and give its result.')
  const dtype = dtypeName(reader.value('dtype'))
  if (!dtypes.includes(dtype)) throw unsupported(place, `dtype=${dtype}`, `Supported are ${dtypes.join(', ')}.`)
  const analyzer = choice(reader, 'analyzer', ['word', 'char', 'char_wb'])
  const accents = reader.value('strip_accents')
  const stripAccents = accents === null ? undefined : choice(reader, 'strip_accents', ['ascii', 'unicode'])
  return {
    analyzer,
    lowercase: reader.boolean('lowercase'),
    ...(stripAccents && { stripAccents }),
    ...(analyzer === 'word' && { tokenPattern: readPattern(reader), ...readStopWords(reader) }),
    ngrams: readNgrams(reader),
    binary: reader.boolean('binary'),
  }
}

/** The one text that a vectorizer reads. */
export function theText(input: ColumnSet, reader: EstimatorReader): Column {
  const [column] = input.columns
  if (input.columns.length === 1 && column.feature !== undefined && column.domain === 'feature') return column
  throw unsupported(
    reader.place,
    `a vectorizer of ${input.columns.length === 1 ? 'what an earlier step computed' : `${input.columns.length} columns`}`,
    'It reads one text: select its column by a name (a string, not a list) in a ColumnTransformer.',
  )
}

export function countTerms(
  input: ColumnSet,
  counting: Counting,
  { reader, scope }: { reader: EstimatorReader; scope: Scope },
): ColumnSet {
  return scope.builder.countTerms(theText(input, reader), counting, reader.place)
}

function choice<const Value extends string>(reader: EstimatorReader, name: string, values: readonly Value[]): Value {
  const value = reader.value(name)
  const found = values.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw unsupported(
    reader.place,
    `${name}=${describeValue(value)}`,
    `Supported are ${values.join(', ')}; no Python runs here, so a function's work must be done before.`,
  )
}

function readPattern(reader: EstimatorReader): string {
  const pattern = reader.string('token_pattern')
  if (tokenExpression(pattern) !== undefined) return pattern
  throw unsupported(
    reader.place,
    `token_pattern=${describeValue(pattern)}`,
    String.raw`Supported are sequences of characters and classes of which only the last repeats without end, such as (?u)\b\w\w+\b, \S+ or \b[a-z]{3,}\b.`,
  )
}

function readStopWords(reader: EstimatorReader): Pick<Telling, 'stopWords'> {
  const value = reader.value('stop_words')
  if (value === null) return {}
  if (value === 'english') return { stopWords: value }
  const words = wordsOf(value)
  if (words === undefined || words.length > mostStopWords || !words.every((word) => typeof word === 'string'))
    throw unsupported(
      reader.place,
      `stop_words=${describeValue(value)}`,
      `Supported are "english", None and lists of up to ${mostStopWords} words.`,
    )
  return { stopWords: words as readonly string[] }
}

function wordsOf(value: PyValue): readonly PyValue[] | undefined {
  if (value instanceof PySet) return value.items
  if (value instanceof PyObject && value.name === 'frozenset') return toValues(value.args[0])
  return toValues(value)
}

function readNgrams(reader: EstimatorReader): readonly [number, number] {
  const [least, most, ...more] = reader.list('ngram_range')
  const isRange = Number.isSafeInteger(least) && Number.isSafeInteger(most) && more.length === 0
  if (!isRange || Number(least) < 1 || Number(least) > Number(most))
    return reader.fail('ngram_range', 'two ascending counts')
  if (Number(most) > longestNgram)
    throw unsupported(reader.place, `ngram_range up to ${String(most)}`, `Supported are up to ${longestNgram}.`)
  return [Number(least), Number(most)]
}
