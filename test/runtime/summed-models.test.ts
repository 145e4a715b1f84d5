// Models that only add up terms, served by kernels from their sums: the same answers as from every term, told in health.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { convertModel } from '../../converters/index.ts'
import { isMLError, type MLError } from '../../src/errors.ts'
import type { Prediction } from '../../src/rows/prediction.ts'
import { createRowReader } from '../../src/rows/read-row.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { readGoldenCase } from '../converters/frontends/golden-case.ts'

async function converted(name: string) {
  const { file } = readGoldenCase(`1.9/${name}`)
  const { rows } = JSON.parse(readFileSync(file.replace(/[^/]*$/, 'golden.json'), 'utf8')) as { readonly rows: never[] }
  const { files } = await convertModel({ 'model.pkl': new Uint8Array(readFileSync(file)) }, { quantize: 'none', name })
  return { files, rows }
}

function numbersOf(answer: Prediction | MLError): readonly number[] {
  if (isMLError(answer)) throw answer
  const { probabilities, scores, value } = answer
  return [probabilities, scores, value].flat(3).filter((number) => typeof number === 'number')
}

describe.each([
  'text_tfidf_classifier',
  'text_counts_classifier',
  'text_hashing_classifier',
  'text_words_and_characters',
  'text_beside_numbers',
  'feature_hasher_classifier',
])('%s', (name) => {
  it('answers from sums what it answers from all terms, in every way to ask', async () => {
    const { files, rows } = await converted(name)
    await using summed = await loadModel(files, { caching: false })
    await using whole = await loadModel(files, { caching: false, backend: 'cpu' })
    expect(summed.getHealth().backend?.why).toContain('terms are added up as rows are read')
    expect(whole.getHealth().backend?.why).not.toContain('terms are added up')
    const expected = await whole.predictBatch(rows)
    const answers = await summed.predictBatch(rows)
    answers.forEach((answer, i) => {
      const [got, wanted] = [answer, expected[i]].map(numbersOf)
      got.forEach((number, k) => expect(Math.abs(number - wanted[k])).toBeLessThan(1e-6 * (1 + Math.abs(wanted[k]))))
      expect(answer).toMatchObject('label' in expected[i] ? { label: expected[i].label } : {})
    })
    expect(numbersOf(summed.predictSync(rows[1]))).toEqual(numbersOf(answers[1]))

    const reader = createRowReader(summed.schema!)
    const matrix = new Float64Array(rows.length * reader.width)
    rows.forEach((row, i) => reader.read(row, matrix, i * reader.width))
    const { probabilities, scores, value } = summed.runSync(matrix, rows.length)
    const ran = probabilities ?? scores ?? value
    const [first] = answers.map(numbersOf)
    const perRow = (ran?.length ?? 0) / rows.length
    expect([...(ran ?? [])].slice(0, perRow)).toEqual(first.slice(0, perRow))
    expect((await summed.predict(matrix.subarray(0, reader.width) as never)).label).toBe(
      isMLError(answers[0]) ? NaN : answers[0].label,
    )
  })
})

it('refuses in a matrix what is no count, and names the row', async () => {
  const { files, rows } = await converted('text_beside_numbers')
  await using model = await loadModel(files, { caching: false })
  const width = model.schema!.features.length
  const matrix = new Float64Array(2 * width).fill(1)
  matrix[2 * width - 1] = NaN
  expect(() => model.runSync(matrix, 2)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', details: expect.objectContaining({ row: 1 }) as object }),
  )
  expect(model.runSync(matrix, 1).label).toHaveLength(1)
  expect((await model.predict(rows[0])).label).toBeDefined()
})

it('explains by terms, not by sums', async () => {
  const { files, rows } = await converted('text_beside_numbers')
  await using model = await loadModel(files, { caching: false })
  const explained = await model.explain(rows[0]).catch((error: unknown) => error)
  await using whole = await loadModel(files, { caching: false, backend: 'cpu' })
  expect(explained).toEqual(await whole.explain(rows[0]).catch((error: unknown) => error))
})

it.each([
  ['trees read them', 'text_counts_tfidf_forest'],
  ['they are centred', 'dict_vectorizer_regressor'],
  ['they are the answer', 'text_tfidf'],
])('keeps all terms where %s', async (_, name) => {
  const { files } = await converted(name)
  await using model = await loadModel(files, { caching: false })
  expect(model.getHealth().backend?.why).not.toContain('terms are added up')
})
