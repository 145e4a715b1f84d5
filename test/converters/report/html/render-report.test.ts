// Reports of conversions in, pages that stand alone out.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ConversionReport, convertModel, renderReport } from '../../../../converters/index.ts'
import { htmlFaults } from '../../../helpers/html-faults.ts'

const pathOf = (name: string) => new URL(`../../../golden/sklearn/1.9/${name}`, import.meta.url).pathname
const trees = pathOf('churn_gradient_boosting_classifier')
const sourceOf = (folder: string) => {
  const { file } = JSON.parse(readFileSync(`${folder}/case.json`, 'utf8')) as { readonly file: string }
  return `${folder}/${file}`
}

async function churnReport(): Promise<ConversionReport> {
  const golden = JSON.parse(readFileSync(`${trees}/golden.json`, 'utf8')) as {
    readonly rows: readonly unknown[]
    readonly expected: { readonly predict: readonly unknown[] }
  }
  const evaluation = { rows: golden.rows, truth: golden.expected.predict }
  const gates = { maxSize: '5MB', minAccuracy: 0.5, maxFlips: 0 }
  return (await convertModel(sourceOf(trees), { golden: `${trees}/golden.json`, evaluation, gates })).report
}

test('shows every part of a report, and loads nothing', async () => {
  const report = await churnReport()
  const page = renderReport(report)
  expect(htmlFaults(page)).toEqual([])
  const titles = [...page.matchAll(/<h2>([^<]*)/g)].map(([, title]) => title)
  expect(titles).toEqual([
    'Summary',
    'Gates',
    'Accuracy',
    'Answers',
    'Bytes',
    'Errors of the weights',
    'Escalated parts',
    'Tensors',
    'Schema',
  ])
  expect(page.match(/<svg /g)?.length).toBe(2 + report.errors.length)
  for (const { name } of [...report.tensors, ...report.schema.features]) expect(page).toContain(name)
  expect(page).toContain('golden row')
  expect(renderReport(JSON.parse(JSON.stringify(report)) as ConversionReport)).toBe(page)
})

test('says that files were not written where a gate was missed', async () => {
  const error: unknown = await convertModel(sourceOf(trees), { gates: { maxSize: 10 } }).catch(
    (thrown: unknown) => thrown,
  )
  const { details } = error as { readonly details: { readonly report: ConversionReport } }
  const page = renderReport(details.report)
  expect(htmlFaults(page)).toEqual([])
  expect(page).toContain('were not written')
  expect(page).toContain('<td class="no">missed</td>')
})

test('caps what a large model has too much of, and escapes what a file says', async () => {
  const report = await churnReport()
  const feature = report.schema.features[0]
  const hostile = '</td><script>alert(1)</script>" onload="x'
  const features = Array.from({ length: 500 }, (_, i) => ({ ...feature, name: `${hostile}${i}`, description: hostile }))
  const tensors = Array.from({ length: 300 }, (_, i) => ({ ...report.tensors[0], name: `t${i}`, escalated: hostile }))
  const errors = Array.from({ length: 60 }, (_, i) => ({
    tensor: hostile,
    elementCount: i,
    most: 1e-9,
    counts: [1, i],
  }))
  const page = renderReport({
    ...report,
    name: hostile,
    schema: { ...report.schema, features, classes: [hostile, '<b>'] },
    tensors,
    errors,
    warnings: [hostile],
  })
  expect(htmlFaults(page)).toEqual([])
  for (const rest of ['… 300 more', '… 100 more', '… 36 more']) expect(page).toContain(rest)
  expect(page.length).toBeLessThan(600_000)
})
