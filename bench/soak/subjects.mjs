// The models of this repository in; a models folder with two versions of each, and what every version answers to every row, out.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadModel } from 'tfjs-serving'
import { convertModel } from 'tfjs-serving/converters'

const models = new URL('../../models/', import.meta.url)

/** The same model in 8 bits and unrounded. */
const versions = { '1.0.0': 'uint8', '2.0.0': 'none' }

/** A model that has never been there, and whose rule answers. */
export const ghost = { name: 'ghost', rule: 'one_in_ten', answer: { label: 'no', probabilities: [0.1, 0.9] } }

export async function makeSubjects(modelsDir, names) {
  const subjects = []
  for (const name of names) {
    const folder = new URL(`${name}/`, models)
    const { rows } = JSON.parse(readFileSync(new URL('heldout.json', folder), 'utf8'))
    const source = { 'model.joblib': new Uint8Array(readFileSync(new URL('model.joblib', folder))) }
    const answers = {}
    let files
    for (const [version, quantize] of Object.entries(versions)) {
      const outDir = join(modelsDir, name, 'versions', version)
      ;({ files } = await convertModel(source, { name, version, quantize, outDir }))
      const model = await loadModel(files, { backend: 'wasm', caching: false })
      answers[version] = (await model.predictBatch(rows)).map(({ probabilities }) => probabilities)
      await model.close()
    }
    const aliases = { stable: '1.0.0', canary: '2.0.0' }
    writeFileSync(join(modelsDir, name, 'service.json'), JSON.stringify({ aliases, active: '1.0.0' }))
    subjects.push({ name, rows, answers, files })
  }
  mkdirSync(join(modelsDir, ghost.name))
  const schema = {
    features: [{ name: 'x', dtype: 'number', used: true, missing: 'error' }],
    classes: ['yes', 'no'],
    outputs: ['label', 'probabilities'],
  }
  writeFileSync(join(modelsDir, ghost.name, 'service.json'), JSON.stringify({ fallback: ghost.rule, schema }))
  return subjects
}
