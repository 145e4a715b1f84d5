// Both entry points bundled for browsers: nothing of Node at load, and convert and predict run without process, Buffer or require.
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build, type Metafile, type Plugin } from 'esbuild'
import { beforeAll, expect, test } from 'vitest'

type Answer = { readonly label: string; readonly probabilities: readonly number[]; readonly source: string }
type Posted = { left: string[]; name: string; paths: string[]; answers: Answer[] }

const rootUrl = new URL('../../', import.meta.url)
const isBuiltin = (path: string) => path.startsWith('node:') || builtinModules.includes(path)
let code = ''
let metafile: Metafile

/** Leaves Node's modules and what needs them as they are written, to be looked for below. */
const leaveNode: Plugin = {
  name: 'leave-node',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path }) => (isBuiltin(path) ? { path, external: true } : undefined)),
}

beforeAll(async () => {
  const result = await build({
    stdin: {
      contents: "export * as serving from './src/index.ts'\nexport * as converters from './converters/index.ts'",
      resolveDir: fileURLToPath(rootUrl),
      sourcefile: 'entry.ts',
    },
    absWorkingDir: fileURLToPath(rootUrl),
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'bundle',
    write: false,
    metafile: true,
    logLevel: 'silent',
    plugins: [leaveNode],
  })
  code = result.outputFiles[0]?.text ?? ''
  metafile = result.metafile
})

test('loads nothing of Node: every such import lies behind a dynamic import', () => {
  const reached = new Set<string>(['entry.ts'])
  const builtins: string[] = []
  for (const path of reached)
    for (const { path: target, kind, external } of metafile.inputs[path]?.imports ?? []) {
      if (kind !== 'import-statement') continue
      if (external === true) builtins.push(`${path} imports ${target}`)
      else reached.add(target)
    }
  expect(reached).toContain('src/errors.ts')
  expect(builtins).toEqual([])
})

test('converts the churn model and predicts where process, Buffer and require are absent', async () => {
  const folder = new URL('models/telco_churn/', rootUrl)
  const heldout = JSON.parse(readFileSync(new URL('heldout.json', folder), 'utf8')) as {
    rows: readonly object[]
    expected: { predict: readonly string[]; predict_proba: readonly (readonly number[])[] }
  }
  const bytes = new Uint8Array(readFileSync(new URL('model.joblib', folder)))
  const posted = await runInWorker({ code, bytes, rows: heldout.rows.slice(0, 50) })
  expect(posted).toMatchObject({ left: [], name: 'churn' })
  expect(posted.paths).toContain('model.json')
  expect(posted.answers.map(({ label }) => label)).toEqual(heldout.expected.predict.slice(0, 50))
  const differences = posted.answers.flatMap(({ probabilities }, row) =>
    probabilities.map((probability, column) =>
      Math.abs(probability - (heldout.expected.predict_proba[row]?.[column] ?? NaN)),
    ),
  )
  expect(differences).toHaveLength(100)
  expect(Math.max(...differences)).toBeLessThan(0.01)
})

/** A worker thread rather than a vm context, for its typed arrays are of the same realm as its TextEncoder's. */
function runInWorker(workerData: object): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./fixture/browser-worker.mjs', import.meta.url), { workerData })
    worker.once('message', (posted: Posted) => {
      resolve(posted)
      void worker.terminate() // nothing is left to wait for
    })
    worker.once('error', reject)
  })
}
