// Every stored scikit-learn ensemble through all variants of its kernel, for numbers of rows that pick each, against the reference.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hasGraphOfItsOwn } from '../../../suites/golden-artifacts.ts'
import { convertModel } from '../../../../converters/index.ts'
import { decodeWeights } from '../../../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../../../src/artifact/read-artifact.ts'
import { storedLeafGrid } from '../../../../src/backend/kernel/stored-leaf-grid.ts'
import { emitTrees } from '../../../../src/backend/kernel/trees/emit-trees.ts'
import { roundingBound } from '../../../../src/regions/rounding-bound.ts'
import { restoreRegions } from '../../../../src/regions/store.ts'
import { runTreeEnsemble } from '../../../../src/regions/tree-ensemble.ts'
import { createRandom } from '../../../helpers/random-regions.ts'
import { runVariants } from './run-variants.ts'

const root = new URL('../../../golden/sklearn/1.9/', import.meta.url)

/** Linear models as the start of boosting are refused at conversion. */
const names = readdirSync(root).filter((name) => /tree|forest|boosting|bagging/.test(name) && hasTrees(name))

/** Others are computed behind their trees, by the row program. */
function hasTrees(name: string): boolean {
  const [[file, bytes]] = Object.entries(sourceOf(name))
  return hasGraphOfItsOwn(file, bytes)
}

function sourceOf(name: string): Record<string, Uint8Array> {
  const file = ['model.joblib', 'model.pkl'].find((candidate) => existsSync(new URL(`${name}/${candidate}`, root)))!
  return { [file]: new Uint8Array(readFileSync(new URL(`${name}/${file}`, root))) }
}

/** Float32 leaves take a way of their own, which few models show as well as all. */
const cases = names.flatMap((name) => [
  { name, quantize: 'uint8' } as const,
  ...(/^ames_|stump|single_leaf|targets/.test(name) ? [{ name, quantize: 'none' } as const] : []),
])

test('finds the stored ensembles', () => {
  expect(names.length).toBeGreaterThan(50)
})

test.each(cases)('adds up $name as the reference does, quantize: $quantize', async ({ name, quantize }) => {
  const wrong: string[] = []
  const { files } = await convertModel(sourceOf(name), { quantize })
  const artifact = readArtifact(files)
  const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
  const index = graph.regions.findIndex(({ kind }) => kind === 'tree-ensemble')
  const region = graph.regions[index]
  if (region?.kind !== 'tree-ensemble') throw new Error(`${name} has no trees`)
  const ranks = graph.regions[region.inputs[0]?.region ?? index - 1]
  if (ranks.kind !== 'ranks') throw new Error(`${name} has no ranks`)
  const random = createRandom(index)
  const highest = Array.from(region.inputs, ({ column }) => {
    const read = ranks.columns[column]
    return read.kind === 'rank' ? read.flipPoints.length : 1
  })
  const rows = Array.from({ length: 45 }, (_, row) =>
    Float64Array.from(highest, (most) => (row === 0 ? 0 : row === 1 ? most : Math.floor(random() * (most + 1)))),
  )
  const expected = rows.map((row) => runTreeEnsemble(region, row))
  const input = graph.regions[0]
  const output = Array.from({ length: region.outputWidth }, (_, column) => ({ region: index, column }))
  const bound = roundingBound({ ...graph, output }, new Float64Array(input.kind === 'input' ? input.width : 0))
  const variants = runVariants((build) => emitTrees(build, region, ranks, storedLeafGrid(artifact, index)), 48)
  for (const { title, run } of variants)
    for (const rowCount of [1, 7, 45]) {
      const raw = run(rows.slice(0, rowCount))
      const isWrong = raw.some((value, i) => {
        const [row, k] = [Math.floor(i / region.outputWidth), i % region.outputWidth]
        return !(Math.abs(value - expected[row][k]) <= bound[k])
      })
      if (isWrong || raw.length !== rowCount * region.outputWidth) wrong.push(`${title}, ${rowCount} rows`)
    }
  expect(wrong).toEqual([])
})
