// A models folder in, declarations of its models out.
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from './run-command.ts'

const models = fileURLToPath(new URL('../../models', import.meta.url))
const source = join(models, 'telco_churn', 'model.joblib')
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tfjs-serving-types-'))
})

afterAll(async () => rm(folder, { recursive: true, force: true }))

test('declares every model of a folder, with an artifact or by its service.json', async () => {
  const { exitCode, stdout } = await runCommand(['types', models])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^\/\/ Written by `tfjs-serving types`[^]*\nexport interface Models \{\n/)
  const names = [...stdout.matchAll(/^ {2}readonly (\w+): \{$/gm)].map(([, name]) => name)
  expect(names).toEqual(
    expect.arrayContaining(['churn_predictor_v2', 'credit_risk', 'lead_scorer_v2', 'property_matcher_v3']),
  )
  expect(stdout).toMatch(/\/\*\* credit_risk \(by its service\.json/)
  expect(stdout).toContain('readonly horizon_days: number | null | undefined')
})

test('writes to a file where that is asked for', async () => {
  const out = join(folder, 'src', 'models.d.ts')
  const { exitCode, stdout, stderr } = await runCommand(['types', models, '--out', out])
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
  expect(stderr).toContain('written to ')
  expect(await readFile(out, 'utf8')).toContain('export interface Models')
})

test('names every model that is broken, and writes nothing of the others', async () => {
  const dir = join(folder, 'broken')
  await cp(join(models, 'churn_predictor_v2'), join(dir, 'good'), { recursive: true })
  await writeFile(join(dir, 'good', 'service.json'), '{ "name": "good" }')
  for (const name of ['a', 'b']) {
    await mkdir(join(dir, name, 'versions', '1.0.0'), { recursive: true })
    await writeFile(join(dir, name, 'versions', '1.0.0', 'model.json'), '{')
  }
  const out = join(dir, 'models.d.ts')
  const { exitCode, stderr } = await runCommand(['types', dir, '--out', out])
  expect(exitCode).toBe(2)
  for (const name of ['a', 'b']) expect(stderr).toContain(`${name}/versions/1.0.0: model.json is not JSON`)
  expect(existsSync(out)).toBe(false)
})

test.each<[string, (dir: string) => Promise<void>, RegExp]>([
  ['a folder that is not there', async (dir) => rm(dir, { recursive: true }), /error MODEL_LOAD_FAILED/],
  ['a folder without models', async () => {}, /error INPUT_INVALID: .* holds no model/],
  [
    'a model that contradicts itself',
    async (dir) => {
      await mkdir(join(dir, 'a'))
      await writeFile(join(dir, 'a', 'service.json'), '{ "name": "b" }')
    },
    /error VALIDATION_FAILED: .*names the model b/,
  ],
  [
    'an artifact that was changed',
    async (dir) => {
      await cp(join(models, 'churn_predictor_v2'), join(dir, 'churn_predictor_v2'), { recursive: true })
      const versions = join(dir, 'churn_predictor_v2', 'versions')
      const [version] = await readdir(versions)
      await writeFile(join(versions, version, 'group1-shard1of1.bin'), 'other')
    },
    /error (CHECKSUM_MISMATCH|MODEL_LOAD_FAILED|VALIDATION_FAILED): .*churn_predictor_v2\/versions\/[\d.]+: /,
  ],
])('refuses %s with exit code 2', async (title, prepare, message) => {
  const dir = join(folder, title.replaceAll(' ', '-'))
  await mkdir(dir)
  await prepare(dir)
  const { exitCode, stdout, stderr } = await runCommand(['types', dir])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(message)
})

test('convert writes the types of a model beside it, which nothing else minds', async () => {
  const out = join(folder, 'models', 'churn', 'versions', '1.0.0')
  const convert = ['convert', source, '--out', out, '--name', 'churn']
  expect((await runCommand(convert)).exitCode).toBe(0)
  expect((await readdir(out)).sort()).toEqual(['features.d.ts', 'group1-shard1of1.bin', 'model.json'])
  const text = await readFile(join(out, 'features.d.ts'), 'utf8')
  expect(text).toContain('readonly international_plan: "no" | "yes" | null | undefined')
  expect(text).toContain('readonly label: "no" | "yes"')
  expect((await runCommand(['inspect', out])).stdout).toMatch(/^model +churn 1\.0\.0/)
  const heldOut = join(models, 'telco_churn', 'heldout.json')
  const { rows } = JSON.parse(await readFile(heldOut, 'utf8')) as { readonly rows: readonly unknown[] }
  const predicted = await runCommand(['predict', out, '--input', '-'], { stdin: JSON.stringify([rows[0]]) })
  expect(predicted).toMatchObject({ exitCode: 0 })
  expect((await runCommand(['types', join(folder, 'models')])).stdout).toContain('readonly churn: {')
  // types of an older row would be wrong ones
  expect((await runCommand([...convert, '--no-types'])).exitCode).toBe(0)
  expect(existsSync(join(out, 'features.d.ts'))).toBe(false)
})
