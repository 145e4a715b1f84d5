// A program that serves one model on hosts and then has nothing to do: it says when, and is watched for when it ends.
import { existsSync, writeFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

const threads = createRequire(import.meta.url)('node:worker_threads')
threads.Worker = class extends threads.Worker {
  constructor(file, options) {
    super(file, { ...options, execArgv: ['--import', new URL('backend-saboteur.mjs', import.meta.url).href] })
  }
}
syncBuiltinESMExports()
const { loadModel } = await import('../../dist/src/index.js')

const { folder, backend, row, ending } = JSON.parse(process.argv[2])
const say = (line) => process.stdout.write(`${line}\n`)

const model = await loadModel(folder, { backend, execution: { workers: 2 }, caching: false })
say((await model.predict(row)).label)
if (ending === 'hang') {
  const fault = join(process.env['TFJS_SERVING_TEST_FAULTS'], 'user-loop')
  writeFileSync(fault, '')
  model.predict(row).catch(({ code }) => say(code))
  // until a host has begun it
  while (existsSync(fault)) await sleep(10)
}
if (ending !== 'forget') await model.close()
say('done')
