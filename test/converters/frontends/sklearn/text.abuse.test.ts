import { describe, expect, it } from 'vitest'
import { PyDict, PyGlobal, PyObject, type PyValue } from '../../../../converters/formats/pickle/values.ts'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { verifyRegions } from '../../../../src/regions/verify.ts'
import { createRowReader } from '../../../../src/rows/read-row.ts'
import { Random } from '../../fold/random-graph.ts'
import { junk, slotsOf } from './mutated-document.ts'
import { documentOf, withAttribute } from './golden-documents.ts'

function dict(entries: [PyValue, PyValue][]): PyDict {
  const made = new PyDict()
  made.entries.push(...entries)
  return made
}

describe('a mutated vectorizer', () => {
  const names = [
    'text_count_words',
    'text_tfidf_sublinear',
    'text_hashing',
    'text_beside_numbers',
    'dict_vectorizer',
    'feature_hasher',
    'slots_of_dicts',
    'slots_beside_numbers',
  ]

  it.each(names)('%s ends in a named error or a model whose rows can be read', (name) => {
    const document = documentOf(`1.9/${name}`)
    const slots = slotsOf(document)
    const random = new Random(7)
    // those of very many columns take their time
    for (let i = 0; i < (name.startsWith('slots') ? 6 : 250); i++) {
      const slot = random.pick(slots)
      const before = slot.get()
      slot.set(random.pick(junk))
      try {
        const { graph, schema } = sklearnToSourceModel(document)
        verifyRegions(graph)
        createRowReader(schema)
      } catch (error) {
        if (!isMLError(error)) throw new Error(`${slot.path} ends otherwise`, { cause: error })
      }
      slot.set(before)
    }
  })
})

describe('a vectorizer', () => {
  const aFunction = new PyGlobal('__main__', 'tokenize')

  it.each<[string, string, string, PyValue, RegExp]>([
    ['a tokenizer', 'text_count_words', 'tokenizer', aFunction, /a tokenizer of its own is not supported/],
    ['a preprocessor', 'text_count_words', 'preprocessor', aFunction, /a preprocessor of its own is not supported/],
    ['an analyzer', 'text_count_words', 'analyzer', aFunction, /analyzer=__main__.tokenize is not supported/],
    ['files', 'text_count_words', 'input', 'filename', /input=filename is not supported/],
    [
      'alternatives in its pattern',
      'text_count_words',
      'token_pattern',
      'a|b',
      /token_pattern="a\|b" is not supported/,
    ],
    ['long n-grams', 'text_count_words', 'ngram_range', [1, 99], /ngram_range up to 99 is not supported/],
    ['n-grams backwards', 'text_count_words', 'ngram_range', [2, 1], /two ascending counts/],
    ['integers of a byte', 'text_count_words', 'dtype', new PyGlobal('numpy', 'uint8'), /dtype=uint8 is not supported/],
    ['no vocabulary', 'text_count_words', 'vocabulary_', dict([]), /a dict of terms/],
    [
      'numbers twice',
      'text_count_words',
      'vocabulary_',
      dict([
        ['a', 0],
        ['b', 0],
      ]),
      /a number of its own/,
    ],
    ['numbers out of range', 'text_count_words', 'vocabulary_', dict([['a', 1e9]]), /a number of its own/],
    [
      '2**18 columns that are the answer',
      'text_hashing',
      'n_features',
      2 ** 18,
      /the answer needs its 262144 columns one by one, more than the limit of 131072.*end the pipeline with a model/,
    ],
    ['another norm', 'text_hashing', 'norm', 'max', /norm="max" is not supported/],
    ['2**21 columns', 'text_hashing_classifier', 'n_features', 2 ** 21, /n_features of 2097152.*limits of 1048576/],
    ['2**18 hashed names that are the answer', 'feature_hasher', 'n_features', 2 ** 18, /the answer needs its 262144/],
    ['pairs', 'feature_hasher', 'input_type', 'pair', /input_type=pair is not supported/],
    ['float32', 'dict_vectorizer', 'dtype', new PyGlobal('numpy', 'float32'), /dtype=float32 is not supported/],
    ['names that are no texts', 'dict_vectorizer', 'feature_names_', [1, 2], /not distinct texts/],
  ])('with %s is refused by name', (_, name, attribute, value, message) => {
    expect(() => sklearnToSourceModel(withAttribute(`1.9/${name}`, attribute, value))).toThrow(message)
  })

  it('of a table is refused: it reads one text', () => {
    const document = documentOf(`1.9/text_beside_numbers`)
    const slot = slotsOf(document).find(({ get }) => get() === 'review')
    slot?.set(['review', 'stars'])
    expect(() => sklearnToSourceModel(document)).toThrow(/a vectorizer of 2 columns is not supported/)
  })

  it('of a column that is scaled too is refused', () => {
    const document = documentOf(`1.9/text_beside_numbers`)
    const slot = slotsOf(document).find(({ get }) => get() === 'review')
    slot?.set('price')
    expect(() => sklearnToSourceModel(document)).toThrow(/"price"/)
  })

  it('of dicts behind another step is refused', () => {
    const document = documentOf(`1.9/dict_vectorizer_regressor`)
    const steps =
      document instanceof PyObject && document.state instanceof PyDict ? document.state.get('steps') : undefined
    if (!Array.isArray(steps)) throw new Error('no steps')
    const hasher = documentOf(`1.9/feature_hasher`)
    steps.splice(1, 0, ['again', hasher])
    expect(() => sklearnToSourceModel(document)).toThrow(/dicts that are not the whole row/)
  })
})
