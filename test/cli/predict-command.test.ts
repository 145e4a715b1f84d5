// Rows of a real model through the command line: one line a row, in order, whatever is wrong with some of them.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { convertModel } from '../../converters/index.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import type { Explanation } from '../../src/explain/explanation.ts'
import { runCommand } from './run-command.ts'

type Customer = Record<string, string | number>
type Line = {
  label?: string
  probabilities?: number[]
  scores?: number[]
  source?: string
  explanation?: Explanation
  error?: { code: string; message: string }
}

const churnPath = (file: string) => fileURLToPath(new URL(`../../models/telco_churn/${file}`, import.meta.url))
let folder = ''
let artifact = ''
let customers: Customer[] = []
let expected: { predict: string[]; predict_proba: number[][] }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tfjs-serving-predict-'))
  artifact = join(folder, 'churn')
  await convertModel(churnPath('model.joblib'), { outDir: artifact, name: 'churn' })
  const heldOut = JSON.parse(await readFile(churnPath('heldout.json'), 'utf8')) as {
    rows: Customer[]
    expected: typeof expected
  }
  customers = heldOut.rows
  expected = heldOut.expected
}, 60_000)

afterAll(async () => rm(folder, { recursive: true, force: true }))

const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

const csvOf = (rows: readonly Customer[]): string => {
  const names = Object.keys(customers[0])
  return `${names.join(',')}\n${rows.map((row) => names.map((name) => row[name] ?? '').join(',')).join('\n')}\n`
}

async function fileOf(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

test.each([
  ['json', () => JSON.stringify(customers)],
  ['jsonl', () => customers.map((row) => JSON.stringify(row)).join('\n')],
  ['csv', () => csvOf(customers)],
])('answers every row of a .%s file in order, as scikit-learn does', async (format, content) => {
  const input = await fileOf(`rows.${format}`, content())
  const { exitCode, stdout, stderr } = await runCommand(['predict', artifact, '--input', input, '--batch', '300'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '1,000 rows\n' })
  const lines = linesOf(stdout)
  expect(lines.map(({ label }) => label)).toEqual(expected.predict)
  const differences = lines.map(({ probabilities = [] }, row) =>
    Math.abs(probabilities[1] - expected.predict_proba[row][1]),
  )
  expect(Math.max(...differences)).toBeLessThan(0.01)
  expect(new Set(lines.map(({ source }) => source))).toEqual(new Set(['model']))
})

test.each(['wasm', 'cpu'])('answers on %s when asked to', async (backend) => {
  const stdin = JSON.stringify(customers.slice(0, 3))
  const result = await runCommand(['predict', artifact, '--input', '-', '--backend', backend, '--json'], { stdin })
  expect(result.exitCode).toBe(0)
  expect(linesOf(result.stdout).map(({ label }) => label)).toEqual(expected.predict.slice(0, 3))
})

test('says why with each prediction when asked to', async () => {
  const input = await fileOf('reasons.csv', csvOf(customers.slice(0, 40)))
  const { exitCode, stdout } = await runCommand(['predict', artifact, '--input', input, '--explain'])
  expect(exitCode).toBe(0)
  const lines = linesOf(stdout)
  expect(lines.map(({ label }) => label)).toEqual(expected.predict.slice(0, 40))
  for (const { scores = [], explanation } of lines) {
    expect(explanation).toMatchObject({ model: 'churn', method: 'tree-shap', output: 0 })
    const contributions = explanation?.contributions ?? []
    expect(contributions).toHaveLength(Object.keys(customers[0]).length)
    const sum = contributions.reduce((total, { contribution }) => total + contribution, explanation?.base ?? NaN)
    expect(Math.abs(sum - scores[0])).toBeLessThan(1e-5)
  }
})

test('has no explanations when not asked for any', async () => {
  const { stdout } = await runCommand(['predict', artifact, '--input', '-'], { stdin: JSON.stringify([customers[0]]) })
  expect(linesOf(stdout)[0]).not.toHaveProperty('explanation')
})

test('reads stdin in the format that it looks like, or that it is told', async () => {
  const csv = csvOf(customers.slice(0, 4))
  const sniffed = await runCommand(['predict', artifact, '--input', '-'], { stdin: csv })
  const told = await runCommand(['predict', artifact, '--input', '-', '--format', 'csv'], { stdin: csv })
  expect(linesOf(sniffed.stdout)).toHaveLength(4)
  expect(told.stdout).toBe(sniffed.stdout)
})

test('gives bad rows their own errors with their place, in order, and exit code 1', async () => {
  const [good, other] = customers.map((row) => JSON.stringify(row))
  const bad = JSON.stringify({ ...customers[0], total_day_minutes: 'many' })
  const stdin = `${good}\n{"state":\n${bad}\n{}\n${other}\n`
  const { exitCode, stdout, stderr } = await runCommand(['predict', artifact, '--input', '-', '--format', 'jsonl'], {
    stdin,
  })
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '5 rows, 3 of them errors\n' })
  const lines = linesOf(stdout)
  expect(lines.map(({ error }) => error?.code)).toEqual([
    undefined,
    'INPUT_INVALID',
    'INPUT_INVALID',
    'INPUT_INVALID',
    undefined,
  ])
  expect(lines.map(({ error }) => error?.message.slice(0, 8))).toEqual([
    undefined,
    'line 2: ',
    'line 3: ',
    'line 4: ',
    undefined,
  ])
  expect(Object.keys(lines[1].error ?? {})).toEqual(['code', 'message'])
})

test('names the cell of a CSV file that is no number', async () => {
  const stdin = csvOf([customers[0], { ...customers[1], total_day_minutes: '12 hours' }])
  const { exitCode, stdout } = await runCommand(['predict', artifact, '--input', '-'], { stdin })
  expect(exitCode).toBe(1)
  expect(linesOf(stdout)[1].error?.message).toMatch(/^line 3: .*total_day_minutes.*"12 hours"/)
})

test('takes an empty cell for a missing value, which this model handles', async () => {
  const stdin = csvOf([{ ...customers[0], total_day_minutes: '', state: '' }])
  expect(await runCommand(['predict', artifact, '--input', '-'], { stdin })).toMatchObject({ exitCode: 0 })
})

test('refuses extra names only when it is strict', async () => {
  const stdin = JSON.stringify({ ...customers[0], colour: 'red' })
  expect(await runCommand(['predict', artifact, '--input', '-'], { stdin })).toMatchObject({ exitCode: 0 })
  const strict = await runCommand(['predict', artifact, '--input', '-', '--strict'], { stdin })
  expect(strict.exitCode).toBe(1)
  expect(linesOf(strict.stdout)[0].error?.message).toMatch(/colour/)
})

test.each<[string, string[], RegExp]>([
  [
    'an input that is not there',
    ['--input', 'nowhere/rows.csv'],
    /^error INPUT_INVALID: cannot read nowhere\/rows\.csv: ENOENT/,
  ],
  ['a folder as input', ['--input', '.'], /^error INPUT_INVALID: --input \. is a folder/],
  ['an empty stdin', ['--input', '-'], /^error INPUT_INVALID: stdin is empty/],
  ['a backend that is not there', ['--input', '-', '--backend', 'cuda'], /^error BACKEND_UNAVAILABLE: .*cuda/],
])('refuses %s in one line, with exit code 2', async (_title, args, message) => {
  const { exitCode, stdout, stderr } = await runCommand(['predict', artifact, ...args])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(message)
  expect(stderr.match(/\n/g)).toHaveLength(1)
})

test('refuses a folder that holds no model, and tells causes only when asked to', async () => {
  const args = ['predict', folder, '--input', '-']
  const { exitCode, stderr } = await runCommand(args)
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: expect.stringMatching(/^error MODEL_LOAD_FAILED: [^\n]*\n$/),
  })
  expect((await runCommand([...args, '--verbose'])).stderr).toMatch(/\n +at /)
})

test('keeps the answers before the line where a CSV file breaks off, then ends with 2', async () => {
  const stdin = `${csvOf(customers.slice(0, 2))}"OH,1\n`
  const { exitCode, stdout, stderr } = await runCommand(['predict', artifact, '--input', '-', '--batch', '1'], {
    stdin,
  })
  expect(exitCode).toBe(2)
  expect(linesOf(stdout)).toHaveLength(2)
  expect(stderr).toMatch(/^error INPUT_INVALID: stdin: Quote Not Closed/)
})

test('ends with 130 and a closed stdin when interrupted while it waits for rows', async () => {
  const interruption = new AbortController()
  const stdin = new PassThrough()
  stdin.write(`${JSON.stringify(customers[0])}\n`)
  const { exitCode, stdout, stderr } = await runCommand(
    ['predict', artifact, '--input', '-', '--format', 'jsonl', '--batch', '1'],
    { stdin, signal: interruption.signal, onStdout: () => interruption.abort() },
  )
  expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' })
  expect(linesOf(stdout)).toHaveLength(1)
  expect(stdin.destroyed).toBe(true)
})

test('reads no further than it can write, and stops reading when its reader leaves', async () => {
  let readCount = 0
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      readCount++
      yield Buffer.from(`${JSON.stringify(customers[0])}\n`)
    }
  }
  const stuck: ((error?: Error) => void)[] = []
  const stdout = new Writable({ highWaterMark: 1, write: (_text, _encoding, done) => void stuck.push(done) })
  const stdin = Readable.from(endless(), { highWaterMark: 1 })
  const args = ['predict', artifact, '--input', '-', '--format', 'jsonl', '--batch', '10']
  const running = runCli(args, { stdin, stdout, stderr: new PassThrough() })
  await expect.poll(() => stuck.length).toBe(1)
  const readBefore = readCount
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(readCount).toBe(readBefore)
  expect(readCount).toBeLessThan(40)
  stuck[0](Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  expect(await running).toBe(0)
  expect(stdin.destroyed).toBe(true)
})
