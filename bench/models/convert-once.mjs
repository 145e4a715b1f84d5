// A model file, a folder and a name in; the artifact, and as JSON the seconds and the most memory of the process that converted it, out.
// node bench/models/convert-once.mjs model.joblib folder name

import { readFileSync } from 'node:fs'

const [source, outDir, name] = process.argv.slice(2)
const { convertModel } = await import('tfjs-serving/converters')
const startedAt = performance.now()
const { report } = await convertModel(
  { 'model.joblib': new Uint8Array(readFileSync(source)) },
  { name, version: '1.0.0', outDir },
)
const seconds = (performance.now() - startedAt) / 1000
console.log(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024, bytes: report.bytes.artifact }))
