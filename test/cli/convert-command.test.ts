// Convert and inspect through the command line: files written, reports printed, exit codes.
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConversionReport, Inspection } from '../../converters/index.ts'
import { htmlFaults } from '../helpers/html-faults.ts'
import { runCommand } from './run-command.ts'

const churnPath = (file: string) => fileURLToPath(new URL(`../../models/telco_churn/${file}`, import.meta.url))
const source = churnPath('model.joblib')
const heldOut = churnPath('heldout.json')
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tfjs-serving-convert-'))
})

afterAll(async () => rm(folder, { recursive: true, force: true }))

test('writes the model and prints its report as JSON on stdout, all else on stderr', async () => {
  const out = join(folder, 'json')
  const checks = ['--golden', heldOut, '--evaluation', heldOut, '--calibration', heldOut]
  const identity = ['--name', 'churn', '--version', '2.1.0']
  const { exitCode, stdout, stderr } = await runCommand([
    'convert',
    source,
    '--out',
    out,
    ...identity,
    ...checks,
    '--json',
  ])
  expect(exitCode).toBe(0)
  const report = JSON.parse(stdout) as ConversionReport
  expect(report).toMatchObject({
    name: 'churn',
    version: '2.1.0',
    parity: { isPassed: true, rowCount: 1000, labelFlips: 0 },
  })
  expect(report.evaluation?.artifact).toEqual({ rowCount: 1000, accuracy: 0.955 })
  expect(await readdir(out)).toContain('model.json')
  expect(stderr).toMatch(/^reading .*\n[^]*written to /)
})

test('prints a report for people without --json', async () => {
  const out = join(folder, 'text')
  const { exitCode, stdout } = await runCommand([
    'convert',
    source,
    '--out',
    out,
    '--quantize',
    'none',
    '--golden',
    heldOut,
  ])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/golden rows +passed: probability/)
  expect(stdout.endsWith('\n')).toBe(true)
})

test('tells by exit code 1 and the report that golden answers moved too far, and writes nothing', async () => {
  const out = join(folder, 'refused')
  const args = ['convert', source, '--out', out, '--golden', heldOut, '--tolerance', 'probability=1e-12', '--json']
  const { exitCode, stdout, stderr } = await runCommand(args)
  expect(exitCode).toBe(1)
  expect((JSON.parse(stdout) as ConversionReport).parity?.isPassed).toBe(false)
  expect(stderr).toMatch(/\nerror PARITY_FAILED: [^\n]+\n$/)
  expect(existsSync(out)).toBe(false)
})

const gated = ['--evaluation', heldOut, '--golden', heldOut]

test('holds a conversion to its gates and reports what each measured', async () => {
  const out = join(folder, 'gated')
  const gates = ['--max-size', '60KiB', '--min-accuracy', '.95', '--max-accuracy-loss', '0', '--max-flips', '0']
  const { exitCode, stdout } = await runCommand(['convert', source, '--out', out, ...gated, ...gates, '--json'])
  expect(exitCode).toBe(0)
  const { gates: results } = JSON.parse(stdout) as ConversionReport
  expect(results).toMatchObject([
    { gate: 'maxSize', bound: 61_440, unit: 'bytes', isPassed: true },
    { gate: 'minAccuracy', bound: 0.95, measured: 0.955, isPassed: true },
    { gate: 'maxAccuracyLoss', measured: 0, isPassed: true },
    { gate: 'maxFlips', measured: 0, unit: 'rows', isPassed: true },
  ])
  expect(existsSync(join(out, 'model.json'))).toBe(true)
})

test.each([
  ['LIMIT_EXCEEDED', 'maxSize', ['--max-size', '20%']],
  ['ACCURACY_BELOW_FLOOR', 'minAccuracy', ['--min-accuracy', '0.96']],
  ['PARITY_FAILED', 'maxDifference', ['--max-difference', '1e-9']],
])('ends with exit code 1, %s and the report where %s is missed, and writes nothing', async (code, gate, args) => {
  const out = join(folder, 'missed')
  const { exitCode, stdout, stderr } = await runCommand(['convert', source, '--out', out, ...gated, ...args])
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(new RegExp(`^${gate} .* MISSED$`, 'm'))
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^error ${code}: .*${gate} must be `))
  expect(existsSync(out)).toBe(false)
})

test('measures gates too where golden answers moved too far', async () => {
  const args = ['--tolerance', 'probability=1e-12', '--min-accuracy', '0.9', '--json']
  const { exitCode, stdout } = await runCommand(['convert', source, '--out', join(folder, 'both'), ...gated, ...args])
  expect(exitCode).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    parity: { isPassed: false },
    evaluation: { artifact: { accuracy: 0.955 } },
    gates: [{ gate: 'minAccuracy', isPassed: true }],
  })
})

test('writes the report as a page too, whether the conversion is taken or not', async () => {
  const page = join(folder, 'pages', 'report.html')
  const args = ['convert', source, '--out', join(folder, 'page'), '--html', page]
  expect((await runCommand(args)).exitCode).toBe(0)
  expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>[^]*<td class="yes">passed/)
  expect((await runCommand([...args, '--max-size', '1KB'])).exitCode).toBe(1)
  expect(await readFile(page, 'utf8')).toMatch(/<td class="no">missed/)
})

test('writes a page about a source that cannot be converted, and none about what cannot be read at all', async () => {
  const golden = new URL('../golden/sklearn/unsupported/boosting_odd_init/model.pkl', import.meta.url)
  const page = join(folder, 'pages', 'refusal.html')
  const args = ['--out', join(folder, 'refusal'), '--html', page]
  const { exitCode, stderr } = await runCommand(['convert', fileURLToPath(golden), ...args])
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/\nerror UNSUPPORTED: /)
  const text = await readFile(page, 'utf8')
  expect(htmlFaults(text)).toEqual([])
  expect(text).toMatch(/<h1>model\.pkl was not converted[^]*<td>UNSUPPORTED<[^]*GradientBoostingRegressor[^]*<svg /)
  await rm(page)
  expect((await runCommand(['convert', churnPath('train.py'), ...args])).exitCode).toBe(2)
  expect(existsSync(page)).toBe(false)
})

test('takes --verbose', async () => {
  const { exitCode } = await runCommand(['convert', source, '--out', join(folder, 'verbose'), '--verbose'])
  expect(exitCode).toBe(0)
})

test.each<[string, () => string[], RegExp]>([
  ['a gate that is no number', () => [source, '--max-flips', 'few'], /error INPUT_INVALID: --max-flips: .*got 'few'/],
  ['a gate without its rows', () => [source, '--min-accuracy', '1'], /error INPUT_INVALID: .*together with evaluation/],
  [
    'a gate that the model has no number for',
    () => [source, '--min-r2', '0.5', '--evaluation', heldOut],
    /error INPUT_INVALID: --min-r2 .*model that gives values/,
  ],
  ['a file that is not there', () => [join(folder, 'nowhere.pkl')], /error MODEL_LOAD_FAILED: cannot read /],
  ['a file of no known format', () => [churnPath('train.py')], /error FORMAT_UNKNOWN: /],
  ['a file of another framework', () => [heldOut], /error FORMAT_UNKNOWN: .*JSON/],
  ['a version that is none', () => [source, '--version', 'two'], /error INPUT_INVALID: .*semantic version.*"two"/],
  [
    'a tolerance that is none',
    () => [source, '--tolerance', 'probability'],
    /error INPUT_INVALID: --tolerance: expected part=number/,
  ],
  ['a tolerance of no part', () => [source, '--tolerance', 'chance=1'], /error INPUT_INVALID: .*tolerance\.chance/],
  [
    'golden rows that are not there',
    () => [source, '--golden', join(folder, 'no.json')],
    /error INPUT_INVALID: .*golden/,
  ],
])('refuses %s with exit code 2, and writes nothing', async (_title, args, message) => {
  const out = join(folder, 'never')
  const { exitCode, stdout, stderr } = await runCommand(['convert', ...args(), '--out', out])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(message)
  expect(existsSync(out)).toBe(false)
})

test('a page that cannot be written is told of before anything is converted', async () => {
  const out = join(folder, 'no-page')
  for (const [html, message] of [
    [folder, /--html: cannot write .*: it is a folder/],
    [join(source, 'report.html'), /--html: cannot write /],
    ['', /--html: expected the path of a file/],
  ] as const) {
    const { exitCode, stdout, stderr } = await runCommand(['convert', source, '--out', out, '--html', html])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
  }
  expect(existsSync(out)).toBe(false)
})

test('an interrupted conversion ends with 130 and writes nothing', async () => {
  const out = join(folder, 'interrupted')
  const interruption = new AbortController()
  const running = runCommand(['convert', source, '--out', out, '--golden', heldOut], { signal: interruption.signal })
  setImmediate(() => interruption.abort())
  expect(await running).toMatchObject({ exitCode: 130, stdout: '' })
  expect(existsSync(out)).toBe(false)
})

test('inspect tells what a source file and a converted model hold', async () => {
  const out = join(folder, 'inspected')
  await runCommand(['convert', source, '--out', out, '--name', 'churn'])
  const [ofSource, ofArtifact] = await Promise.all(
    [source, out].map(async (path) => JSON.parse((await runCommand(['inspect', path, '--json'])).stdout) as Inspection),
  )
  expect(ofSource).toMatchObject({ kind: 'source', problems: [], model: { framework: 'scikit-learn' } })
  expect(ofArtifact).toMatchObject({ kind: 'artifact', metadata: { name: 'churn', kind: 'classifier' } })
  expect((await runCommand(['inspect', out])).stdout).toMatch(/^model +churn 1\.0\.0 \(classifier\)/)
})

test('inspect draws the graph of a source file, of a converted model, and of one that cannot be converted', async () => {
  const out = join(folder, 'drawn')
  await runCommand(['convert', source, '--out', out, '--name', 'churn'])
  const golden = new URL('../golden/sklearn/unsupported/boosting_odd_init/model.pkl', import.meta.url)
  const drawn: readonly (readonly [string, RegExp])[] = [
    [source, />tree-ensemble</],
    [out, /churn 1\.0\.0[^]*>Placeholder<[^]*>_FusedMatMul</],
    [fileURLToPath(golden), /cannot be converted[^]*>GradientBoostingRegressor</],
  ]
  for (const [path, expected] of drawn) {
    const svg = join(folder, 'pictures', 'graph.svg')
    expect((await runCommand(['inspect', path, '--svg', svg])).exitCode).toBe(0)
    const picture = await readFile(svg, 'utf8')
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(picture).toMatch(expected)
  }
})

test('inspect shows the steps of a source file and the operations of a converted model', async () => {
  const out = join(folder, 'shown')
  await runCommand(['convert', source, '--out', out])
  expect((await runCommand(['inspect', source])).stdout).toMatch(
    /\n│ {2}└─ text: OneHotEncoder {2}4 columns .* → \d+\n/,
  )
  expect((await runCommand(['inspect', out])).stdout).toMatch(/\n0 +┌ +Placeholder +ranks\n/)
})

test('inspect refuses what is neither, with exit code 2', async () => {
  const path = join(folder, 'poem.txt')
  await writeFile(path, 'roses are red')
  const { exitCode, stdout, stderr } = await runCommand(['inspect', path])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(/^error FORMAT_UNKNOWN: [^\n]+\n$/)
})

test('supported lists every estimator that the converters have, as text and as JSON', async () => {
  const entries = JSON.parse((await runCommand(['supported', '--json'])).stdout) as { name: string }[]
  expect(entries.length).toBeGreaterThanOrEqual(22)
  const { exitCode, stdout } = await runCommand(['supported'])
  expect(exitCode).toBe(0)
  for (const { name } of entries) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'))
  expect(stdout).toMatch(/^framework +tested with +files\nscikit-learn +1\.0\.2, 1\.1\.3, 1\.2\.2, .*1\.9\.1 /)
  expect(entries).toContainEqual(
    expect.objectContaining({ name: 'Dense', framework: 'TensorFlow.js', tested: ['4.22.0'] }),
  )
})
