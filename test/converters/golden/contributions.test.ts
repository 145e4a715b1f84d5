// Explanations of converted boosters in; the contributions that LightGBM and XGBoost themselves give for the same rows out.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { convertModel } from '../../../converters/index.ts'
import { loadModel } from '../../../src/runtime/load-model.ts'

type Case = {
  readonly file: string
  readonly rows: readonly (readonly (number | string | null)[])[]
  /** By row and output: one a feature, then the base. */
  readonly contributions: readonly (readonly (readonly number[])[])[]
}

const root = join(import.meta.dirname, '../../golden')
const cases = readdirSync(join(root, 'contributions'))
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => JSON.parse(readFileSync(join(root, 'contributions', file), 'utf8')) as Case[])

const texts = new Map<unknown, number>([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])

it.each(cases)('explains $file as its library does', async ({ file, rows, contributions }) => {
  const bytes = new Uint8Array(readFileSync(join(root, file)))
  const { files } = await convertModel({ [basename(file)]: bytes }, { quantize: 'none' })
  const model = await loadModel(files, { backend: 'wasm', caching: false })
  for (const [i, row] of rows.entries()) {
    const given = row.map((value) => texts.get(value) ?? value)
    for (const [output, wanted] of contributions[i].entries()) {
      const { base, contributions: own } = await model.explain(given as never, { output })
      const got = [...own.map(({ contribution }) => contribution), base]
      // leaves are float32 here, and XGBoost adds float32 up
      const limit = 1e-5 * Math.max(...wanted.map(Math.abs))
      const isSame = got.length === wanted.length && got.every((value, k) => Math.abs(value - wanted[k]) <= limit)
      expect(isSame, `row ${i}, output ${output}: ${got.join()}, expected ${wanted.join()}`).toBe(true)
    }
  }
  await model.close()
})
