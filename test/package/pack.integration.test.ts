// The tarball that `npm pack` makes, installed into an empty project and used as its users will: ESM, require(), types, command.
import { execFile, type ExecFileException } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

type Result = { readonly exitCode: number; readonly stdout: string; readonly stderr: string }
type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] }
type Names = { readonly serving: readonly string[]; readonly converters: readonly string[] }

const root = fileURLToPath(new URL('../../', import.meta.url))
const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/
let folder = ''
let project = ''
let packed: Packed
let noInstall: string | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tfjs-serving-pack-'))
  // Packed from a copy: other tests may be using dist/ while this one builds.
  const source = join(folder, 'source')
  const { files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { files: readonly string[] }
  const copied = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src', 'converters', 'scripts']
  for (const path of [...copied, ...files.filter((file) => !/^!|^dist/.test(file) && existsSync(join(root, file)))])
    await cp(join(root, path), join(source, path), { recursive: true })
  await symlink(join(root, 'node_modules'), join(source, 'node_modules'))
  const pack = await run('npm', ['pack', '--json', '--pack-destination', folder], source)
  if (pack.exitCode !== 0) throw new Error(`npm pack failed: ${pack.stdout}${pack.stderr}`)
  packed = (JSON.parse(pack.stdout.slice(pack.stdout.indexOf('[\n'))) as [Packed])[0]

  project = join(folder, 'project')
  await cp(fileURLToPath(new URL('./fixture/', import.meta.url)), project, { recursive: true })
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  const install = await run('npm', ['install', ...flags, join(folder, packed.filename)], project)
  if (install.exitCode !== 0 && !offline.test(install.stderr)) throw new Error(`npm install failed: ${install.stderr}`)
  if (install.exitCode !== 0) noInstall = 'the package registry cannot be reached, so dependencies cannot be installed'
})

afterAll(async () => rm(folder, { recursive: true, force: true }))

test('ships what was built, the models and the documents, and neither tests nor sources', () => {
  const paths = packed.files.map(({ path }) => path)
  for (const path of [
    'dist/index.js',
    'dist/src/index.js',
    'dist/converters/index.d.ts',
    'LICENSE',
    'README.md',
    'docs/errors.md',
    'examples/ci/convert-models.yml',
  ])
    expect(paths).toContain(path)
  const isExpected =
    /^(dist\/.*(\.js|\.d\.ts)|models\/.*|docs\/.*\.md|examples\/.*|bench\/RESULTS\.md|[A-Z]+(\.md)?|package\.json)$/
  expect(paths.filter((path) => !isExpected.test(path))).toEqual([])
})

describe('installed into an empty project', () => {
  beforeEach((context) => {
    if (noInstall !== undefined) context.skip(noInstall)
  })

  test('gives the same names to import and to require()', async () => {
    const imported = await runJson<Names>('names.mjs')
    expect(imported.serving).toEqual(expect.arrayContaining(['MLServiceRegistry', 'loadModel']))
    expect(imported.converters).toEqual(expect.arrayContaining(['convertModel', 'inspectModel']))
    expect(await runJson<Names>('names.cjs')).toEqual(imported)
  })

  test('converts the churn model and answers as scikit-learn does', async () => {
    const answer = await runJson<Record<string, number>>('churn.mjs')
    expect(answer).toMatchObject({ name: 'churn', version: '1.2.3', rowCount: 1000, differentLabels: 0 })
    expect(answer['first']).toMatchObject({ model: 'churn', version: '1.2.3', source: 'model' })
    expect(answer['largest']).toBeLessThan(0.01)
  })

  test.each(['NodeNext', 'Bundler'])('resolves to strict types with module resolution %s', async (resolution) => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const module = resolution === 'Bundler' ? 'ESNext' : resolution
    const flags = ['--noEmit', '--strict', '--target', 'ES2023', '--lib', 'ES2023,DOM', '--types', 'node']
    const place = [
      '--typeRoots',
      join(root, 'node_modules/@types'),
      '--module',
      module,
      '--moduleResolution',
      resolution,
    ]
    const checked = await run(process.execPath, [tsc, ...flags, ...place, 'types.ts'], project)
    expect(checked).toMatchObject({ stdout: '', exitCode: 0 })
  })

  test('the command tells what it can do', async () => {
    const help = await run(join(project, 'node_modules/.bin/tfjs-serving'), ['--help'], project)
    expect(help).toMatchObject({ exitCode: 0, stderr: '' })
    for (const command of ['convert', 'predict', 'inspect', 'doctor']) expect(help.stdout).toMatch(`  ${command} `)
  })

  test('the command converts a file and predicts a line', async () => {
    const command = join(project, 'node_modules/.bin/tfjs-serving')
    const models = join(project, 'node_modules/tfjs-serving/models/telco_churn')
    const converted = await run(command, ['convert', join(models, 'model.joblib'), '--out', 'by-command'], project)
    expect(converted).toMatchObject({ exitCode: 0 })
    const { rows } = JSON.parse(await readFile(join(models, 'heldout.json'), 'utf8')) as { rows: readonly unknown[] }
    await writeFile(join(project, 'rows.json'), JSON.stringify(rows.slice(0, 3)))
    const predicted = await run(command, ['predict', 'by-command', '--input', 'rows.json', '--json'], project)
    const lines = predicted.stdout.trimEnd().split('\n')
    expect(predicted.exitCode).toBe(0)
    expect(lines.map((line) => (JSON.parse(line) as { source: string }).source)).toEqual(['model', 'model', 'model'])
  })
})

async function runJson<T>(script: string): Promise<T> {
  const { exitCode, stdout, stderr } = await run(process.execPath, [script], project)
  if (exitCode !== 0) throw new Error(`${script} exits with ${exitCode}: ${stderr}`)
  return JSON.parse(stdout) as T
}

/** Runs a command to its end; never rejects. */
function run(command: string, args: readonly string[], cwd: string): Promise<Result> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : exitCodeOf(error), stdout, stderr })
    })
  })
}

function exitCodeOf({ code }: ExecFileException): number {
  return typeof code === 'number' ? code : 1
}
