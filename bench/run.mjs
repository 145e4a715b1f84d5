// npm run bench [-- question …] [--data file.csv --target column]: each question in a process of its own, one at a time; then RESULTS.md.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { useNativeInstall } from './models/native-install.mjs'
import { trainModels, untrainedNote } from './models/bench-models.mjs'
import { findOnnx, onnxRemedy } from './contenders/onnx.mjs'
import { readFacts } from './report/facts.mjs'
import { renderResults } from './report/render.mjs'
import { resultsUrl } from './report/result.mjs'

const questions = ['direct', 'telco', 'texts', 'callers', 'hit', 'bulk', 'wide', 'native', 'growth', 'cold']
/** A question takes a minute or two; one that hangs must not take the others with it. */
const mostMinutes = 10

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, target: { type: 'string' } },
})
const unknown = positionals.filter((question) => !questions.includes(question))
if (unknown.length > 0) {
  console.error(`no such question: ${unknown.join(', ')}; there are ${questions.join(', ')}`)
  process.exit(2)
}
if (flags.data !== undefined) process.env.BENCH_DATA = resolve(flags.data)
if (flags.target !== undefined) process.env.BENCH_TARGET = flags.target

if (!trainModels()) process.stderr.write(`${untrainedNote}\n`)
if (findOnnx() === undefined) process.stderr.write(`${onnxRemedy}\n`)
const hasNative = await useNativeInstall()
if (!hasNative)
  process.stderr.write('native is left out: no native add-on is found (npx tfjs-serving native install)\n')
const failed = []
for (const question of positionals.length > 0 ? positionals : questions)
  if (hasNative || question !== 'native') await ask(question)

const results = renderResults(questions)
const bars = results.flatMap((result) => result.bars)
const missed = bars.filter(({ isMet }) => isMet === false)
const met = bars.filter(({ isMet }) => isMet).length
process.stderr.write(
  `\n${met} of ${bars.length} bars are met, ${missed.length} missed, the rest not measured; see bench/RESULTS.md\n`,
)
for (const { what, wanted, got } of missed) process.stderr.write(`  missed: ${what}: wanted ${wanted}, got ${got}\n`)
if (failed.length > 0) {
  process.stderr.write(`failed: ${failed.join(', ')}\n`)
  process.exitCode = 1
}

async function ask(question) {
  const file = new URL(`${question}.mjs`, import.meta.url)
  if (!existsSync(file)) return void process.stderr.write(`${question}: bench/${question}.mjs is not there\n`)
  const startedAt = performance.now()
  process.stderr.write(`${question}\n`)
  const result = new URL(`${question}.json`, resultsUrl)
  rmSync(result, { force: true })
  const { code, text } = await runNode(fileURLToPath(file))
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  if (code !== 0) {
    failed.push(question)
    process.stderr.write(`${text.slice(-2000)}\n${question} ended with ${code} after ${seconds} s\n`)
    return
  }
  process.stderr.write(`  ${seconds} s\n`)
  if (!existsSync(result)) keepText(question, result, text)
}

/** A question that stores no result of its own is shown as it printed. */
function keepText(question, result, text) {
  mkdirSync(resultsUrl, { recursive: true })
  const empty = { method: '', tables: [], bars: [], notes: [], plots: [] }
  writeFileSync(result, JSON.stringify({ question, title: question, ...empty, ...readFacts(), text }))
}

function runNode(path) {
  const child = spawn(process.execPath, ['--expose-gc', path], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
    process.stdout.write(chunk)
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), mostMinutes * 60_000)
  return new Promise((done) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      done({ code: code ?? signal, text })
    }),
  )
}
