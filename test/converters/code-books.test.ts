// A model whose leaves have a long tail, converted: its book in the report, and its answers on backends of both kinds.
import { beforeAll, expect, test } from 'vitest'
import { convertModel, printReport, renderReport } from '../../converters/index.ts'
import { isMLError } from '../../src/errors.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { createSeededRandom } from '../../src/rows/seeded-random.ts'

const leafCount = 4096
const random = createSeededRandom(12)
const leaves = Array.from({ length: leafCount }, (_, leaf) => (leaf % 199 === 0 ? 10 : 1) * random.uniform())

/** One tree that tells 4,096 ranges of `x` apart, numbered as LightGBM does: leaves are negative, from −1 on. */
function lightgbm(): string {
  const inner = leafCount - 1
  const [left, right, threshold] = [[], [], []] as number[][]
  const split = (node: number, first: number, count: number): void => {
    const half = count / 2
    threshold[node] = first + half - 0.5
    for (const [children, child, start] of [
      [left, 2 * node + 1, first],
      [right, 2 * node + 2, first + half],
    ] as const) {
      children[node] = half === 1 ? -1 - start : child
      if (half > 1) split(child, start, half)
    }
  }
  split(0, 0, leafCount)
  const same = (value: string) => new Array<string>(inner).fill(value).join(' ')
  const tree = [
    'Tree=0',
    `num_leaves=${leafCount}`,
    'num_cat=0',
    `split_feature=${same('0')}`,
    `split_gain=${same('1')}`,
    `threshold=${threshold.join(' ')}`,
    `decision_type=${same('2')}`,
    `left_child=${left.join(' ')}`,
    `right_child=${right.join(' ')}`,
    `leaf_value=${leaves.join(' ')}`,
    'is_linear=0',
    'shrinkage=1',
    '',
    '',
  ].join('\n')
  return [
    'tree',
    'version=v4',
    'num_class=1',
    'num_tree_per_iteration=1',
    'label_index=0',
    'max_feature_idx=0',
    'objective=regression',
    'feature_names=x',
    `feature_infos=[0:${leafCount}]`,
    `tree_sizes=${tree.length}`,
    '',
    tree,
    'end of trees',
    '',
  ].join('\n')
}

let converted: Awaited<ReturnType<typeof convertModel>>
beforeAll(async () => {
  converted = await convertModel({ 'model.txt': new TextEncoder().encode(lightgbm()) })
})

test('leaves with a long tail take a byte each and a book, which the report names, and answer as before', async () => {
  const { files, report } = converted
  const records = report.tensors.filter(({ name }) => name.includes('leaf'))
  expect(records).toMatchObject([
    { name: 'trees2/leaf', role: 'structure', encoding: 'uint8', byteLength: leafCount, maxError: 0 },
    {
      name: 'trees2/leaf-book',
      role: 'leaf',
      encoding: 'uint16',
      escalated: expect.stringMatching(/^uint8: /) as string,
    },
  ])
  expect(report.errors.map(({ tensor, elementCount }) => [tensor, elementCount])).toEqual([
    ['trees2/leaf-book', leafCount],
  ])
  for (const text of [printReport(report), renderReport(report)]) {
    expect(text).toContain('uint8 codes of leaf-book')
    expect(text).toContain('code book of uint16')
  }
  const { maxError } = records[1]
  expect(maxError).toBeLessThan(0.004)
  for (const backend of ['kernel', 'wasm'] as const) {
    const model = await loadModel(files, { backend, caching: false })
    const rows = Array.from({ length: 300 }, (_, i) => ({ x: (i * 137) % leafCount }))
    const answers = await model.predictBatch(rows)
    await model.close()
    answers.forEach((answer, i) => {
      if (isMLError(answer)) throw answer
      expect(Math.abs((answer.value as number) - leaves[rows[i].x])).toBeLessThanOrEqual(maxError * 1.001)
    })
  }
})

test('a file whose codes count past its book is refused as it is loaded', async () => {
  const { files } = converted
  const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as {
    userDefinedMetadata: { 'tfjs-serving': { regions: { regions: { books?: number[] }[] } } }
  }
  const trees = json.userDefinedMetadata['tfjs-serving'].regions.regions[2]
  trees.books = [10]
  const broken = { ...files, 'model.json': new TextEncoder().encode(JSON.stringify(json)) }
  await expect(loadModel(broken, { backend: 'kernel' })).rejects.toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining('leaf') as string }),
  )
})
