// Source files of scikit-learn in; artifacts that TensorFlow.js opens, reports and inspections out.
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { writtenBy } from '../../converters/convert/artifact-parts.ts'
import { modelNameOf } from '../../converters/convert/convert-options.ts'
import {
  type ConvertProgress,
  convertModel,
  inspectModel,
  printInspection,
  printReport,
} from '../../converters/index.ts'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { interpret } from '../../src/regions/interpret.ts'
import { restoreRegions } from '../../src/regions/store.ts'

const root = new URL('../../', import.meta.url)
const pathOf = (path: string): string => new URL(path, root).pathname
const golden = (name: string) => {
  const folder = `test/golden/sklearn/1.9/${name}`
  const { file } = JSON.parse(readFileSync(pathOf(`${folder}/case.json`), 'utf8')) as { file: string }
  return { source: pathOf(`${folder}/${file}`), golden: pathOf(`${folder}/golden.json`), file }
}
const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'convert-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const trees = golden('gradient_boosting_classifier')
const network = golden('mlp_classifier_20_64_32_1')

describe.each([trees, network, golden('churn_random_forest_classifier'), golden('ames_gradient_boosting_regressor')])(
  '$file of $source',
  (given) => {
    test('answers golden rows within the bars, and as small as promised', async () => {
      const { report } = await convertModel(given.source, { golden: given.golden })
      expect(report.parity).toMatchObject({ isPassed: true, unexcusedFlips: 0 })
      expect(report.bytes.ratio).toBeLessThanOrEqual(report.bytes.promisedRatio ?? NaN)
    })

    test('answers golden rows exactly but for float32 where nothing is quantized', async () => {
      const { report } = await convertModel(given.source, { golden: given.golden, quantize: 'none' })
      expect(report.parity?.isPassed).toBe(true)
    })
  },
)

test('stores check rows whose answers are those of the stored tables', async () => {
  const { files } = await convertModel(network.source)
  const artifact = readArtifact(files)
  const { check, regions } = artifact.metadata
  const graph = restoreRegions(regions, decodeWeights(artifact))
  expect(check.rows.length).toBeGreaterThan(3)
  check.rows.forEach((row, index) => {
    const raw = interpret(
      graph,
      Float64Array.from(row, (value) => value ?? NaN),
    )
    expect(Array.from(raw, (value) => Number(value.toPrecision(10)))).toEqual(check.quantized[index])
  })
})

test('gives the same bytes for the same file, whatever it was asked to compare', async () => {
  const [first, second] = [await convertModel(trees.source), await convertModel(trees.source, { golden: trees.golden })]
  expect(second.files).toEqual(first.files)
})

test('takes bytes by name, and names the model after the file', async () => {
  const { report } = await convertModel({ 'churn v2.joblib': new Uint8Array(readFileSync(trees.source)) })
  expect(report).toMatchObject({ name: 'churn_v2', version: '1.0.0', source: { file: 'churn v2.joblib' } })
})

test.each([
  ['models/churn.joblib', 'churn'],
  ['a.pkl.gz', 'a'],
  ['Été 2024.pkl', 't_2024'],
  ['日本.pkl', 'model'],
  ['.pkl', 'model'],
])('makes of %s the name %s', (file, name) => {
  expect(modelNameOf(file)).toBe(name)
})

test('stores golden rows only on request', async () => {
  const rows = (JSON.parse(readFileSync(trees.golden, 'utf8')) as { rows: number[][] }).rows
  const stored = await convertModel(trees.source, { golden: trees.golden, storeGolden: true })
  const plain = await convertModel(trees.source, { golden: trees.golden })
  expect(readArtifact(stored.files).metadata.check.rows).toEqual(
    rows.slice(0, 64).map((row) => row.map((value) => value + 0)),
  )
  expect(readArtifact(plain.files).metadata.check.rows).not.toContainEqual(rows[0])
})

test('measures accuracy on the finished files and keeps it in the metadata', async () => {
  const { rows, expected } = JSON.parse(readFileSync(trees.golden, 'utf8')) as {
    rows: unknown[]
    expected: { predict: unknown[] }
  }
  const truth = expected.predict.map((label, row) => (row === 0 ? 'neither' : label))
  const { report, files } = await convertModel(trees.source, { evaluation: { rows, truth } })
  const accuracy = (rows.length - 1) / rows.length
  const measured = { rowCount: rows.length, accuracy }
  const unflipped = { labelFlips: 0, tieFlips: 0 }
  expect(report.evaluation).toEqual({
    source: measured,
    against: 'tables',
    float32: measured,
    artifact: measured,
    flips: { float32: unflipped, artifact: unflipped },
  })
  expect(readArtifact(files).metadata.evaluation).toEqual(report.evaluation?.artifact)
})

test('throws with the report where golden answers are another model’s', async () => {
  const content = JSON.parse(readFileSync(trees.golden, 'utf8')) as {
    rows: unknown[]
    expected: { predict_proba: number[][] }
  }
  const predict_proba = content.expected.predict_proba.map(([no, yes]) => [yes, no])
  const outDir = join(newFolder(), 'out')
  const converting = convertModel(trees.source, { golden: { rows: content.rows, expected: { predict_proba } }, outDir })
  await expect(converting).rejects.toMatchObject({
    code: 'PARITY_FAILED',
    details: { report: { parity: { isPassed: false, worstRows: expect.arrayContaining([expect.anything()]) } } },
  })
  expect(() => readdirSync(outDir)).toThrow('ENOENT')
})

test('takes the tolerance that a caller gives', async () => {
  const options = { golden: network.golden, tolerance: { probability: 1e-9 } }
  await expect(convertModel(network.source, options)).rejects.toMatchObject({ code: 'PARITY_FAILED' })
})

test('tells its stages in order, the last one whole', async () => {
  const seen: ConvertProgress[] = []
  await convertModel(trees.source, { onProgress: (progress) => seen.push(progress) })
  expect(seen.map(({ stage }) => stage)).toEqual(['read', 'parse', 'quantize', 'write', 'check', 'done'])
  expect(seen.at(-1)?.fraction).toBe(1)
})

test.each(['read', 'quantize', 'check'])('ends with the caller’s reason when aborted at %s', async (stage) => {
  const controller = new AbortController()
  const reason = new Error('no longer needed')
  const onProgress = (progress: ConvertProgress): void => {
    if (progress.stage === stage) controller.abort(reason)
  }
  await expect(convertModel(trees.source, { signal: controller.signal, onProgress })).rejects.toBe(reason)
})

describe('outDir', () => {
  test('gets exactly the files that are returned', async () => {
    const outDir = join(newFolder(), 'new', 'versions', '1.0.0')
    const { files } = await convertModel(trees.source, { outDir })
    expect(readdirSync(outDir).sort()).toEqual(Object.keys(files).sort())
    for (const [name, bytes] of Object.entries(files))
      expect(new Uint8Array(readFileSync(join(outDir, name)))).toEqual(bytes)
  })

  test('gets types of rows where they are asked for, and loses them where they are not', async () => {
    const outDir = newFolder()
    writeFileSync(join(outDir, 'notes.txt'), 'mine')
    const { files, report } = await convertModel(trees.source, { outDir, types: true })
    expect(Object.keys(files).sort()).toEqual(['features.d.ts', 'group1-shard1of1.bin', 'model.json'])
    expect(new Uint8Array(readFileSync(join(outDir, 'features.d.ts')))).toEqual(files['features.d.ts'])
    const plain = await convertModel(trees.source, { outDir })
    expect(readdirSync(outDir).sort()).toEqual(['group1-shard1of1.bin', 'model.json', 'notes.txt'])
    expect(plain.report).toEqual(report)
    expect(readArtifact(files).sha256).toBe(readArtifact(plain.files).sha256)
  })

  test('loses an older artifact and nothing else', async () => {
    const outDir = newFolder()
    writeFileSync(join(outDir, 'group1-shard2of2.bin'), 'old')
    await convertModel(trees.source, { outDir })
    expect(readdirSync(outDir).sort()).toEqual(['group1-shard1of1.bin', 'model.json'])
    writeFileSync(join(outDir, 'notes.txt'), 'mine')
    writeFileSync(join(outDir, 'group1-shard9of9.bin'), 'old')
    await convertModel(trees.source, { outDir })
    expect(readdirSync(outDir).sort()).toEqual(['group1-shard1of1.bin', 'model.json', 'notes.txt'])
  })

  test('stays the same folder where it is empty, as a mount or the folder of a shell must', async () => {
    const outDir = newFolder()
    const { ino } = statSync(outDir)
    await convertModel(trees.source, { outDir })
    expect(statSync(outDir).ino).toBe(ino)
    expect(readdirSync(outDir).sort()).toEqual(['group1-shard1of1.bin', 'model.json'])
  })

  test('may be a link, which stays one', async () => {
    const [folder, beside] = [newFolder(), newFolder()]
    const link = join(beside, 'link')
    symlinkSync(folder, link)
    for (let pass = 0; pass < 2; pass++) await convertModel(trees.source, { outDir: link })
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['group1-shard1of1.bin', 'model.json'])
    expect(readdirSync(beside)).toEqual(['link'])
  })
})

test('states the version of package.json in what it writes', () => {
  const { name, version } = JSON.parse(readFileSync(pathOf('package.json'), 'utf8')) as {
    name: string
    version: string
  }
  expect(writtenBy).toBe(`${name} ${version}`)
})

test('inspects a source file without converting it', async () => {
  const inspection = await inspectModel(network.source)
  expect(inspection).toMatchObject({ kind: 'source', format: 'pickle', problems: [] })
  expect(printInspection(inspection)).toMatch(/20 → 64 relu → 32 relu → 1/)
  expect(JSON.parse(JSON.stringify(inspection))).toEqual(inspection)
})

test('lists what stands in the way of converting, and still shows the estimator', async () => {
  const inspection = await inspectModel(pathOf('test/golden/sklearn/unsupported/boosting_odd_init/model.pkl'))
  expect(inspection).toMatchObject({
    model: null,
    estimator: { className: 'GradientBoostingRegressor' },
    problems: [{ code: 'UNSUPPORTED' }],
  })
  expect(printInspection(inspection)).toContain('UNSUPPORTED')
})

test('inspects an artifact', async () => {
  const { files } = await convertModel(trees.source)
  const inspection = await inspectModel(files)
  expect(inspection).toMatchObject({ kind: 'artifact', operations: { Placeholder: 1 } })
  expect(printInspection(inspection)).toContain('GradientBoostingClassifier')
})

test('prints a report with every tensor and the verdict', async () => {
  const { report } = await convertModel(network.source, { golden: network.golden })
  const text = printReport(report)
  for (const { name } of report.tensors) expect(text).toContain(name)
  expect(text).toContain('passed')
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test('stores what its maker says of features and training, and measures a decision about values', async () => {
  const { source } = golden('ames_gradient_boosting_regressor')
  const { rows, expected } = JSON.parse(readFileSync(golden('ames_gradient_boosting_regressor').golden, 'utf8')) as {
    rows: readonly Record<string, unknown>[]
    expected: { predict: readonly number[] }
  }
  const name = Object.keys(rows[0])[0]
  const training = { data: { origin: 'real', description: 'homes', sha256: 'a'.repeat(64), rowCount: 2930 } } as const
  const decision = { threshold: 150_000 }
  const { files } = await convertModel(source, {
    features: [{ name, description: 'the first' }],
    evaluation: { rows, truth: expected.predict, decision },
    training,
  })
  const { metadata } = readArtifact(files)
  expect(metadata.schema.features[0]).toMatchObject({ name, description: 'the first' })
  expect(metadata.training).toEqual(training)
  expect(metadata.evaluation).toMatchObject({ rowCount: rows.length, decision })
  expect(metadata.evaluation?.accuracy).toBeGreaterThan(0.9)
})
