// Models of texts and dicts, served as any other: by name, from service.json, with samples, cached, at once, and refused.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { convertModel } from '../../converters/index.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { ProductionModelLoader } from '../../src/runtime/model-loader.ts'
import { isPrediction } from '../../src/runtime/predictor.ts'
import { readGoldenCase } from '../converters/frontends/golden-case.ts'
import { temporaryModelsDir } from '../helpers/artifacts.ts'

type Golden = { readonly rows: never[]; readonly expected: Readonly<Record<string, unknown[]>> }

async function converted(name: string) {
  const { file } = readGoldenCase(`1.9/${name}`)
  const golden = JSON.parse(readFileSync(file.replace(/[^/]*$/, 'golden.json'), 'utf8')) as Golden
  const { files } = await convertModel({ 'model.pkl': new Uint8Array(readFileSync(file)) }, { quantize: 'none', name })
  return { files, ...golden }
}

test.each(['text_beside_numbers', 'text_words_and_characters', 'dict_vectorizer_forest'])(
  'answers rows of %s together, alone, at once and from the cache',
  async (name) => {
    const { files, rows, expected } = await converted(name)
    await using model = await loadModel(files, { caching: true })
    const batch = await model.predictBatch(rows)
    expect(batch.map((answer) => isPrediction(answer) && answer.label)).toEqual(expected['predict'])
    expect((await model.predict(rows[0])).label).toBe(expected['predict'][0])
    expect(model.predictSync(rows[1]).label).toBe(expected['predict'][1])
  },
)

test('takes texts themselves as rows, also as golden ones, where a row has nothing else', async () => {
  const { file } = readGoldenCase('1.9/text_tfidf_classifier')
  const golden = JSON.parse(readFileSync(file.replace(/[^/]*$/, 'golden.json'), 'utf8')) as Golden
  const rows = golden.rows.map(({ text }) => text)
  const source = { 'model.pkl': new Uint8Array(readFileSync(file)) }
  const { files, report } = await convertModel(source, { golden: { rows, expected: golden.expected } })
  expect(report.parity).toMatchObject({ labelFlips: 0 })
  await using model = await loadModel(files)
  const [text] = rows as readonly string[]
  expect((await model.predict(text)).label).toBe(golden.expected['predict'][0])
  const batch = await model.predictBatch(rows as readonly string[])
  expect(batch.map((answer) => isPrediction(answer) && answer.label)).toEqual(golden.expected['predict'])
})

test('fails a row without its text alone', async () => {
  const { files, rows } = await converted('text_beside_numbers')
  await using model = await loadModel(files)
  const answers = await model.predictBatch([rows[0], { stars: 1, price: 2 } as never, rows[1]])
  expect(answers.map(isPrediction)).toEqual([true, false, true])
  expect(answers[1]).toMatchObject({ code: 'INPUT_INVALID', details: { feature: 'review', row: 1 } })
})

test('gives samples that the model answers, and agrees with a schema that names the text', async () => {
  const { files, rows } = await converted('text_beside_numbers')
  const dir = temporaryModelsDir()
  dir.addVersion('text_beside_numbers', '1.0.0', files)
  const features = [
    { name: 'stars', dtype: 'number' },
    { name: 'review', dtype: 'text' },
    { name: 'price', dtype: 'number' },
  ]
  dir.addFile('text_beside_numbers', 'service.json', { schema: { features, outputs: ['label'] } })
  const loader = new ProductionModelLoader(dir.path)
  const samples = await loader.getPrewarmSamples('text_beside_numbers')
  await using model = await loader.loadModel('text_beside_numbers')
  expect(samples.length).toBeGreaterThan(0)
  expect((await model.predictBatch(samples)).every(isPrediction)).toBe(true)
  expect(isPrediction(await model.predict(rows[0]))).toBe(true)
})
