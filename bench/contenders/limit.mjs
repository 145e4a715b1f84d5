// What C could do: the same tables in limit.c, compiled for this processor, in a process that times itself.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { limitModel } from './limit-model.mjs'
import { readRegions } from './read-regions.mjs'
import { startTimedChild } from './timed-child.mjs'

const cache = fileURLToPath(new URL('../.cache/limit/', import.meta.url))
const source = fileURLToPath(new URL('limit.c', import.meta.url))

export const limitName = 'C limit'
export const limitRemedy = 'the C limit is left out: gcc is not found, or does not compile bench/contenders/limit.c'

/** `rows` default to the model's own, as float32. */
export async function openLimit(model, rows = model.rows) {
  const program = compile()
  if (program === undefined) return { skipped: limitRemedy }
  const bytes = model.hasNamedInputs
    ? undefined
    : limitModel({ ...(await readRegions(model.folders.none)) }, { ...model })
  if (bytes === undefined) return { skipped: `${model.name} has no form for the C limit` }
  const [modelPath, rowsPath, answersPath] = ['bin', 'f32', 'f64'].map((ending) => `${cache}${model.name}.${ending}`)
  writeFileSync(modelPath, bytes)
  writeFileSync(rowsPath, Float32Array.from(rows))
  const child = await startTimedChild(program, [modelPath, rowsPath, answersPath])
  return {
    name: limitName,
    versions: { gcc: spawnSync('gcc', ['-dumpfullversion'], { encoding: 'utf8' }).stdout.trim() },
    answers: () => new Float64Array(new Uint8Array(readFileSync(answersPath)).buffer),
    ...child,
  }
}

/** The program's path; undefined where there is no compiler for it. */
function compile() {
  mkdirSync(cache, { recursive: true })
  // sums may be taken in any order, so that they fill whole registers
  const order = ['-fno-math-errno', '-fno-trapping-math', '-fassociative-math', '-fno-signed-zeros']
  const flags = ['-O3', '-march=native', '-std=gnu11', ...order]
  const program = `${cache}limit-${createHash('sha256').update(readFileSync(source)).update(flags.join()).digest('hex').slice(0, 12)}`
  if (existsSync(program)) return program
  const { status } = spawnSync('gcc', [...flags, source, '-o', program, '-lm'], { stdio: 'ignore' })
  return status === 0 ? program : undefined
}
