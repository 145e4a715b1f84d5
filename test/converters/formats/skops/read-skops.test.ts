// Models that skops and pickle wrote of one estimator in; the same records, and the estimator's own answers, out.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import {
  NdArray,
  PyDict,
  PyGlobal,
  PyObject,
  PySet,
  type PyValue,
} from '../../../../converters/formats/pickle/values.ts'
import { readSkops } from '../../../../converters/formats/skops/read-skops.ts'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { convertModel, inspectModel } from '../../../../converters/index.ts'
import { differences, type GoldenCase } from '../../frontends/golden-case.ts'

const root = join(import.meta.dirname, '../../../golden/skops')
const names = readdirSync(root)
  .filter((folder) => folder.startsWith('sklearn'))
  .flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((file) =>
      file.endsWith('.skops') ? [`${folder}/${file.slice(0, -6)}`] : [],
    ),
  )
const models = names.filter((name) => !name.endsWith('odds'))

function bytesOf(name: string, ending: string): Uint8Array {
  return new Uint8Array(readFileSync(join(root, `${name}.${ending}`)))
}

/** Losses, links and random states, which nothing reads, are made otherwise by a pickle. */
const ignored = /\.(random_state|_rng|_feature_subsample_rng|closs|link|maxprint)$/

/** Where two values differ; the order of keys and of sets does not matter, nor the state of a dtype. */
function differing(a: PyValue | undefined, b: PyValue | undefined, path = ''): string[] {
  if (ignored.test(path)) return []
  if (a instanceof PyObject && b instanceof PyObject && a.name === 'dtype')
    return differing([...a.args], [...b.args], `${path}.args`)
  if (a instanceof PyObject && b instanceof PyObject)
    return [
      ...(a.module === b.module && a.name === b.name ? [] : [`${path}: ${a.name}, ${b.name}`]),
      ...differing([...a.args], [...b.args], `${path}.args`),
      ...differing(a.state, b.state, path),
      ...differing(a.items, b.items, `${path}.items`),
    ]
  if (a instanceof PyDict && b instanceof PyDict) {
    const keys = new Set([...a.entries, ...b.entries].map(([key]) => key))
    const valueOf = (dict: PyDict, key: PyValue) => dict.entries.find(([own]) => Object.is(own, key))?.[1]
    return [...keys].flatMap((key) => differing(valueOf(a, key), valueOf(b, key), `${path}.${String(key)}`))
  }
  if (a instanceof NdArray && b instanceof NdArray) {
    const form = ({ kind, itemByteLength, shape }: NdArray) => `${kind}${itemByteLength} of ${shape.join()}`
    if (form(a) !== form(b)) return [`${path}: ${form(a)}, ${form(b)}`]
    const { fields } = a
    if (fields === undefined) return differing([...(a.values as PyValue[])], [...(b.values as PyValue[])], path)
    return [...fields].flatMap(([name, field]) => differing(field, b.fields?.get(name), `${path}.${name}`))
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.flatMap((item, i) => differing(item, b[i], `${path}[${i}]`))
  if (a instanceof PyGlobal && b instanceof PyGlobal && a.module === b.module && a.name === b.name) return []
  if (a instanceof PySet && b instanceof PySet) return differing(a.items, b.items, path)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return differing([...a], [...b], path)
  return Object.is(a, b) ? [] : [`${path}: ${String(a)}, ${String(b)}`]
}

it.each(names)('reads the same from skops and pickle: %s', (name) => {
  expect(differing(readSkops(bytesOf(name, 'skops')), readPickle(bytesOf(name, 'pkl')))).toEqual([])
})

it('has files of three versions of scikit-learn', () => {
  expect(new Set(names.map((name) => name.split('/')[0]))).toHaveProperty('size', 3)
})

describe('answers', () => {
  it.each(models)('of scikit-learn are those of %s', (name) => {
    const stored = JSON.parse(readFileSync(join(root, `${name}.json`), 'utf8')) as GoldenCase
    const model = sklearnToSourceModel(readSkops(bytesOf(name, 'skops')))
    expect(differences(model, model.graph, stored)).toEqual([])
  })

  it('follow when the format is found by itself', async () => {
    const bytes = bytesOf(models[0], 'skops')
    const { report } = await convertModel({ 'model.skops': bytes }, { quantize: 'none' })
    expect(report.source).toMatchObject({ format: 'skops', framework: 'scikit-learn' })
    expect(await inspectModel({ anything: bytes })).toMatchObject({ format: 'skops', problems: [] })
  })
})
