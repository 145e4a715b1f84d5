// Steps in, a tree of box characters out.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inspectModel } from '../../../converters/index.ts'
import type { EstimatorNode } from '../../../converters/report/describe-estimators.ts'
import { drawTree } from '../../../converters/report/draw-tree.ts'

const treeOf = async (name: string): Promise<string> => {
  const folder = new URL(`../../golden/sklearn/1.9/${name}/`, import.meta.url).pathname
  const { file } = JSON.parse(readFileSync(`${folder}case.json`, 'utf8')) as { readonly file: string }
  const inspection = await inspectModel(`${folder}${file}`)
  if (inspection.kind !== 'source' || inspection.estimator === null) throw new TypeError('no estimator')
  return drawTree(inspection.estimator)
}

test('shows the columns that go into each step and come out of it', async () => {
  const lines = (await treeOf('churn_gradient_boosting_classifier')).split('\n')
  const titles = lines.filter((line) => line.includes('→'))
  expect(titles).toEqual([
    'Pipeline  12 columns (account_length, number_vmail_messages, total_day_minutes, … 9 more) → label, probabilities, scores',
    '├─ columntransformer: ColumnTransformer  12 columns (account_length, number_vmail_messages, total_day_minutes, … 9 more) → 16',
    '│  ├─ numeric: Pipeline  9 columns (account_length, number_vmail_messages, total_day_minutes, … 6 more) → 9',
    '│  │  ├─ impute: SimpleImputer  9 columns (account_length, number_vmail_messages, total_day_minutes, … 6 more) → 9',
    '│  │  └─ scale: StandardScaler  9 columns (account_length, number_vmail_messages, total_day_minutes, … 6 more) → 9',
    '│  └─ text: Pipeline  3 columns (area_code, international_plan, voice_mail_plan) → 7',
    '│     ├─ impute: SimpleImputer  3 columns (area_code, international_plan, voice_mail_plan) → 3',
    '│     └─ encode: OneHotEncoder  3 columns (area_code, international_plan, voice_mail_plan) → 7',
    expect.stringMatching(/^└─ gradientboostingclassifier: GradientBoostingClassifier {2}16 columns .* → label/),
  ])
})

test('shows how far a model came that cannot be converted', async () => {
  expect(await treeOf('../unsupported/boosting_odd_init')).toMatch(/^GradientBoostingRegressor {2}.* → \?\n/)
})

test('caps the steps of one parent, and draws the last of them as the last', () => {
  const child = (name: string): EstimatorNode => ({ className: 'Scaler', name, parameters: {}, children: [] })
  const children = Array.from({ length: 45 }, (_, i) => child(`s${i}`))
  const lines = drawTree({ className: 'Union', parameters: { a: '1' }, children }).split('\n')
  expect(lines.slice(0, 3)).toEqual(['Union', '│  a=1', '├─ s0: Scaler'])
  expect(lines.slice(-2)).toEqual(['├─ s39: Scaler', '└─ … 5 more'])
})
