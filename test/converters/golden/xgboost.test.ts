// Models of XGBoost 1.0.2, 1.5.2, 1.7.6 and 3.4.1, converted and asked, against XGBoost's own answers.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import { detectFormat } from '../../../converters/formats/detect.ts'
import { readXgboost } from '../../../converters/formats/xgboost/read-xgboost.ts'
import { xgboostToSourceModel } from '../../../converters/frontends/xgboost/to-source-model.ts'
import type { SourceModel } from '../../../converters/frontends/source-model.ts'
import { convertModel, inspectModel } from '../../../converters/index.ts'
import { isMLError } from '../../../src/errors.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import type { Answer } from '../../../src/rows/prediction.ts'
import { loadModel } from '../../../src/runtime/load-model.ts'
import { canonicalRows } from '../frontends/golden-case.ts'

type Golden = {
  readonly file: string
  readonly rows: readonly (readonly unknown[])[]
  readonly expected: Readonly<Record<'answer' | 'margin' | 'label', readonly unknown[] | undefined>>
}

const root = join(import.meta.dirname, '../../golden/xgboost')
const names = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(root, name)).map((file) => `${name}/${file}`))
  .filter((file) => file.endsWith('.golden.json'))
  .map((file) => file.replace('.golden.json', ''))

function readGolden(name: string): Golden & { readonly bytes: Uint8Array } {
  const golden = JSON.parse(readFileSync(join(root, `${name}.golden.json`), 'utf8')) as Golden
  return { ...golden, bytes: new Uint8Array(readFileSync(join(root, name, '..', golden.file))) }
}

function sourceOf({ bytes, file }: { readonly bytes: Uint8Array; readonly file: string }): SourceModel {
  const format = detectFormat(bytes, file)
  if (format !== 'xgboost-json' && format !== 'xgboost-ubjson') throw new Error(`${file} was taken for ${format}`)
  return xgboostToSourceModel(readXgboost(bytes, format))
}

/** Where answers differ: by more than `relative` and, in each part, `absolute` of its range; labels only where a tie is near. */
function differences(
  golden: Golden,
  answers: readonly Answer[],
  limit: { relative: number; absolute: number },
): string[] {
  return answers.flatMap((answer, i) => {
    const scores = answer.scores
    const pairs: (readonly [string, unknown, unknown])[] = [
      ['margin', scores ?? answer.value, scores && golden.expected.margin?.[i]],
    ]
    const expected = golden.expected.answer?.[i]
    if (answer.value !== undefined) pairs.push(['value', answer.value, expected])
    else if (isLabel(golden, expected)) pairs.push(['label', answer.label, expected])
    else if (golden.file.startsWith('logitraw')) pairs.push(['scores', scores, expected])
    else
      pairs.push([
        'probabilities',
        Array.isArray(expected) || Array.isArray(answer.label) ? answer.probabilities : answer.probabilities?.[1],
        expected,
      ])
    pairs.push(['label', answer.label, golden.expected.label?.[i]])
    return pairs.flatMap(([part, got, wanted]) => {
      if (wanted === undefined) return []
      const scale = limit.absolute * (part === 'label' ? 0 : rangeOf(golden, part === 'margin' ? 'margin' : 'answer'))
      return isClose(got, wanted, { relative: limit.relative, absolute: scale })
        ? []
        : [`row ${i} ${part}: expected ${String(wanted)}, got ${String(got)}`]
    })
  })
}

const isLabel = ({ file }: Golden, expected: unknown): boolean => !Array.isArray(expected) && /^softmax/.test(file)

function rangeOf({ expected }: Golden, part: 'answer' | 'margin'): number {
  const all = (expected[part] ?? []).flat().map(Number)
  return Math.max(...all) - Math.min(...all)
}

function isClose(got: unknown, wanted: unknown, limit: { relative: number; absolute: number }): boolean {
  const [left, right] = [[got].flat(), [wanted].flat()]
  return (
    left.length === right.length &&
    right.every(
      (value, k) =>
        Math.abs(Number(left[k]) - Number(value)) <= limit.relative * Math.abs(Number(value)) + limit.absolute,
    )
  )
}

it('has cases of four versions', () => {
  expect(names.length).toBeGreaterThan(60)
  expect(new Set(names.map((name) => name.split('/')[0])).size).toBe(4)
})

describe('the float64 reference, before and after folding', () => {
  it.each(names)('%s', (name) => {
    const golden = readGolden(name)
    const model = sourceOf(golden)
    const decode = createDecoder(model.head)
    const rows = canonicalRows(model, golden.rows)
    const answersOf = (graph: RegionGraph): Answer[] => rows.map((row) => decode(interpret(graph, row), 0))
    const limit = { relative: 1e-5, absolute: 1e-6 }
    expect(differences(golden, answersOf(model.graph), limit)).toEqual([])
    expect(differences(golden, answersOf(foldRegions(model.graph, model.schema)), limit)).toEqual([])
  })
})

describe.each(['none', 'uint8'] as const)('served, quantize: %s', (quantize) => {
  it.each(names)('%s', async (name) => {
    const golden = readGolden(name)
    const { files } = await convertModel({ [golden.file]: golden.bytes }, { quantize })
    const model = await loadModel(files, { backend: 'wasm', caching: false })
    const answers = await model.predictBatch(golden.rows as never)
    await model.close()
    expect(answers.filter((answer) => isMLError(answer))).toEqual([])
    const limit = quantize === 'none' ? { relative: 1e-4, absolute: 1e-5 } : { relative: 0.01, absolute: 0.01 }
    const found = differences(golden, answers as never, limit)
    expect(quantize === 'none' ? found : found.filter((line) => !line.includes('label'))).toEqual([])
  })
})

it.each([
  ['3.4.1/early-classes', 'xgboost-ubjson', 'gbtree(multi:softprob, '],
  ['1.7.6/linear', 'xgboost-json', 'gblinear(reg:squarederror)'],
])('tells what %s holds', async (name, format, estimator) => {
  const { file, bytes } = readGolden(name)
  const inspection = await inspectModel({ [file]: bytes })
  expect(inspection).toMatchObject({ kind: 'source', format, problems: [], model: { framework: 'XGBoost' } })
  if (inspection.kind !== 'source') return
  expect(inspection.model?.estimator).toContain(estimator)
  expect(inspection.estimator?.parameters).toMatchObject({ num_feature: '5' })
})

it('takes a model.json of XGBoost for a source, not for an artifact', async () => {
  const { bytes } = readGolden('1.7.6/linear')
  expect(await inspectModel({ 'model.json': bytes })).toMatchObject({ kind: 'source', format: 'xgboost-json' })
})
