// What batch does an HTTP service see? The example server in a process of its own, 64 keep-alive callers, one row each.
// node bench/http.mjs [wasm | cpu | native | webgpu | cuda]; a kernel answers each row at once, without batches

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { convertHeldOut, printMachine, printTable } from './harness.mjs'

const connections = 64
const seconds = 8
const backend = process.argv[2] ?? 'wasm'
printMachine()
const modelsDir = mkdtempSync(join(tmpdir(), 'tfjs-serving-bench-'))
const server = { process: undefined }
try {
  const table = []
  const models = {}
  for (const name of ['credit_risk', 'telco_churn']) {
    models[name] = await convertHeldOut(name)
    const version = join(modelsDir, name, 'versions', '1.0.0')
    mkdirSync(version, { recursive: true })
    for (const [file, bytes] of Object.entries(models[name].files)) writeFileSync(join(version, file), bytes)
  }
  const url = await start(modelsDir)
  for (const [name, { rows }] of Object.entries(models)) {
    const before = await batches(url, name)
    const requests = rows.map((row) => ({ method: 'POST', path: `/predict/${name}`, body: JSON.stringify(row) }))
    const result = await autocannon({ url, connections, duration: seconds, requests })
    if (result.non2xx + result.errors > 0)
      throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} failed`)
    const after = await batches(url, name)
    table.push([
      name,
      Math.round(result.requests.average),
      result.latency.p50,
      result.latency.p99,
      ((after.rows - before.rows) / (after.batches - before.batches)).toFixed(1),
    ])
  }
  console.log(
    `${connections} keep-alive connections, ${seconds} s a model, cache off, ${backend}; server and callers share the machine.`,
  )
  printTable(['model', 'requests/s', 'p50 ms', 'p99 ms', 'mean batch'], table)
} finally {
  server.process?.kill('SIGTERM')
  rmSync(modelsDir, { recursive: true, force: true })
}

function start(folder) {
  return new Promise((resolve, reject) => {
    const script = new URL('../examples/http-server.mjs', import.meta.url).pathname
    server.process = spawn(process.execPath, [script, folder, '0'], {
      env: { ...process.env, BACKEND: backend, CACHE: 'off' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    server.process.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    server.process.stdout.once('data', (line) => resolve(/http\S+/.exec(String(line))[0]))
  })
}

async function batches(url, name) {
  const { stats } = (await (await fetch(`${url}/health`)).json()).models[name]
  return { batches: stats.batches, rows: stats.rowsInBatches }
}
