// The model as generated JavaScript, in the form of m2cgen: rows are lists of numbers, one call a row.

import { mkdirSync, writeFileSync } from 'node:fs'
import { slabsOf } from '../models/bench-models.mjs'
import { inTurn, syncSample } from '../tournament.mjs'
import { generateJavascript } from './generate-javascript.mjs'
import { readRegions } from './read-regions.mjs'

const folder = new URL('../.cache/generated/', import.meta.url)

export const generatedName = 'generated JS'

/** V8 takes some seconds and ten thousands of rows to compile hundreds of functions: as fast as it gets is what is timed. */
function warmUp(score, rows) {
  const startedAt = performance.now()
  for (let i = 0; i < 30_000 && performance.now() - startedAt < 4000; i++) score(rows[i % rows.length])
}

export async function openGenerated(model) {
  const source = generateJavascript(await readRegions(model.folders.none))
  if (source === undefined) return { skipped: `${model.name} has no form as generated JavaScript` }
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${model.name}.mjs`, folder)
  writeFileSync(file, source)
  const { score } = await import(file.href)
  const toRows = (values) => {
    const { featureCount } = model
    return Array.from({ length: values.length / featureCount }, (_, row) =>
      Array.from(values.subarray(row * featureCount, (row + 1) * featureCount)),
    )
  }
  let sink = 0
  warmUp(score, toRows(model.rows))
  return {
    name: generatedName,
    answers: () => Float64Array.from(toRows(model.rows).flatMap(score)),
    sampleAt(size, most) {
      const next = inTurn(slabsOf(model, size, toRows, most))
      return syncSample(() => {
        const rows = next()
        for (let i = 0; i < rows.length; i++) sink += score(rows[i])[1]
        if (Number.isNaN(sink)) throw new Error('a probability is NaN')
      })
    },
  }
}
