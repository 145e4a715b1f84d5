// Tables, splits and what is refused before anything is trained.
import { describe, expect, test } from 'vitest'
import { checkData } from '../../../src/training/table/check-data.ts'
import { bestThreshold, thresholdAccuracy } from '../../../src/training/table/one-threshold.ts'
import { parseTable } from '../../../src/training/table/parse-table.ts'
import { sharedRowCount } from '../../../src/training/table/row-key.ts'
import { splitRows } from '../../../src/training/table/split-rows.ts'
import type { TrainingTable } from '../../../src/training/table/training-table.ts'
import type { DataConfig, SplitConfig, TrainingConfig } from '../../../src/training/training-config.ts'
import { sampleConfig, sampleCsv } from '../sample-table.ts'

const read = (csv: string, data: Partial<DataConfig> = {}, split: SplitConfig = sampleConfig.split): TrainingTable =>
  parseTable(new TextEncoder().encode(csv), 'rows.csv', { data: { ...sampleConfig.data, ...data }, split })
const byTime: SplitConfig = { kind: 'time', column: 'day', heldOutShare: 0.25, seed: 7 }
const groupsOf = (table: TrainingTable, rows: Int32Array) => new Set(Array.from(rows, (row) => table.group?.[row]))
const check = (table: TrainingTable, config: Pick<TrainingConfig, 'split'> = sampleConfig) =>
  checkData(table, splitRows(table, config.split))

describe('a table', () => {
  test('has numbers as they are written, and NaN where a cell is empty', () => {
    const table = read('hot,b,a,c,p\n1,-.5,1e3,,0.5\n0,NaN,2,7,0.25\n')
    expect(Array.from(table.features)).toEqual([1000, -0.5, NaN, 2, NaN, 7])
    expect(Array.from(table.target)).toEqual([1, 0])
    expect(Array.from(table.trueProbability ?? [])).toEqual([0.5, 0.25])
  })

  test.each([
    [
      'a group without a name',
      'hot,a,b,c,p,lead,day\n1,1,2,3,0.5,7,1\n0,1,2,4,0.5,,1\n',
      'row 2: expected the name of a group',
    ],
    [
      'a row without a time',
      'hot,a,b,c,p,lead,day\n1,1,2,3,0.5,7,1\n0,1,2,4,0.5,7,\n',
      'row 2: day must say when the row was',
    ],
    ['an unknown true probability', 'hot,a,b,c,p,lead,day\n1,1,2,3,,7,1\n', 'row 1: p must be a probability, got NaN'],
    ['a true probability over 1', 'hot,a,b,c,p,lead,day\n1,1,2,3,1.5,7,1\n', 'row 1: p must be a probability, got 1.5'],
  ])('%s is refused', (_name, csv, reason) => {
    expect(() => read(csv, { group: 'lead' }, byTime)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(reason) as string }),
    )
  })

  test.each([
    ['', 'is empty'],
    ['hot,a,b,d,p\n', 'no column c'],
    ['hot,a,b,c,c,p\n', 'two columns named c'],
    ['hot,a,b,c,p\n2,1,1,1,1\n', 'must be 0 or 1, got 2'],
    ['hot,a,b,c,p\n1,x,1,1,1\n', "row 1, column a: expected a finite number, or nothing, got 'x'"],
    ['hot,a,b,c,p\n1,inf,1,1,1\n', 'expected a finite number'],
    ['hot,a,b,c,p\n1,1,1\n', 'must be a CSV file'],
    ['hot,a,b,c,p\n1,"1,1,1,1\n', 'must be a CSV file'],
  ])('%j is refused: %s', (csv, reason) => {
    expect(() => read(csv)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(reason) as string }),
    )
  })
})

describe('a split', () => {
  test.each([
    ['stratified', sampleConfig.split, {}],
    ['stratified by group', sampleConfig.split, { group: 'lead' }],
    ['by time', byTime, {}],
    ['by time and group', byTime, { group: 'lead' }],
  ] as const)('%s has every row on one side at most, and every train row in one fold', (_name, split, data) => {
    const table = read(sampleCsv(), data, split)
    const { trainRows, heldOutRows, folds } = splitRows(table, split)
    expect(new Set([...trainRows, ...heldOutRows]).size).toBe(trainRows.length + heldOutRows.length)
    const positions = folds.flatMap((fold) => [...fold]).sort((x, y) => x - y)
    expect(positions).toEqual(Array.from(trainRows, (_, position) => position))
    const groups = groupsOf(table, trainRows)
    if (table.group !== undefined)
      expect([...groupsOf(table, heldOutRows)].filter((each) => groups.has(each))).toEqual([])
  })

  test('stratified keeps the share of each class', () => {
    const table = read(sampleCsv())
    const { trainRows, heldOutRows } = splitRows(table, sampleConfig.split)
    const share = (rows: Int32Array) => rows.filter((row) => table.target[row] === 1).length / rows.length
    expect(heldOutRows.length / table.rowCount).toBeCloseTo(0.25, 2)
    expect(share(heldOutRows)).toBeCloseTo(share(trainRows), 2)
  })

  test('by time holds out the latest rows, and a fold is one stretch of time', () => {
    const table = read(sampleCsv(), {}, byTime)
    const { trainRows, heldOutRows, folds } = splitRows(table, byTime)
    const days = (rows: Iterable<number>) => Array.from(rows, (row) => table.time?.[row] ?? NaN)
    expect(Math.max(...days(trainRows))).toBeLessThan(Math.min(...days(heldOutRows)))
    const last = folds.map((fold) => days(Array.from(fold, (position) => trainRows[position])))
    for (let fold = 1; fold < last.length; fold++)
      expect(Math.max(...last[fold - 1])).toBeLessThanOrEqual(Math.min(...last[fold]))
  })

  test('folds never part a group', () => {
    const table = read(sampleCsv(), { group: 'lead' })
    const { trainRows, folds } = splitRows(table, sampleConfig.split)
    const groups = folds.map((fold) =>
      groupsOf(
        table,
        fold.map((position) => trainRows[position]),
      ),
    )
    expect(groups.reduce((sum, each) => sum + each.size, 0)).toBe(new Set(groups.flatMap((each) => [...each])).size)
  })

  test('rows with equal features are on one side though no group is named', () => {
    const table = read(`${sampleCsv()}${sampleCsv().split('\n').slice(1).join('\n')}`)
    const { trainRows, heldOutRows } = splitRows(table, sampleConfig.split)
    expect(sharedRowCount(table, trainRows, heldOutRows)).toBe(0)
  })

  test('the same seed splits alike, another one differently', () => {
    const table = read(sampleCsv())
    const first = splitRows(table, sampleConfig.split)
    expect(splitRows(table, sampleConfig.split)).toEqual(first)
    const other = splitRows(table, { ...sampleConfig.split, seed: 8 })
    expect(other.heldOutRows).not.toEqual(first.heldOutRows)
  })

  test('only rows of evaluateWhere are judged, and all others may be trained on', () => {
    const table = read(sampleCsv(), { group: 'lead', evaluateWhere: { day: 14 } })
    const { trainRows, heldOutRows } = splitRows(table, sampleConfig.split)
    expect(heldOutRows.every((row) => row % 100 === 14)).toBe(true)
    expect(trainRows.some((row) => row % 100 !== 14)).toBe(true)
  })
})

describe('data', () => {
  test('that is sound gives what single features can do', () => {
    const { thresholds, positives, heldOutRowCount } = check(read(sampleCsv()))
    expect(heldOutRowCount).toBeCloseTo(375, -1)
    expect(positives).toBeGreaterThan(150)
    expect(thresholds.map(({ feature }) => feature)).toEqual(['a', 'b', 'c'])
    expect(thresholds[2].side).toBe('below')
    for (const { auc, trainAccuracy } of thresholds) {
      expect(auc).toBeGreaterThan(0.6)
      expect(trainAccuracy).toBeGreaterThan(0.55)
      expect(trainAccuracy).toBeLessThan(0.85)
    }
  })

  const edited = (edit: (cells: string[], row: number) => void, rowCount?: number) =>
    sampleCsv(rowCount)
      .trim()
      .split('\n')
      .map((line, i) => {
        const cells = line.split(',')
        if (i > 0) edit(cells, i)
        return cells.join()
      })
      .join('\n')

  test.each([
    ['too few rows', sampleCsv(1200), 'at least 1000 rows to train on'],
    ['a rare class', edited((cells, row) => void (cells[4] = row % 30 === 0 ? '1' : '0')), 'rows to train on with 1'],
    ['a constant column', edited((cells) => void (cells[1] = '3')), 'feature b is 3 in every row'],
    ['equal columns', edited((cells) => void (cells[2] = cells[0])), 'features a and c are equal'],
    ['a mostly missing column', edited((cells, row) => void (row % 3 > 0 && (cells[1] = ''))), 'feature b is missing'],
    ['the answer as a feature', edited((cells) => void (cells[2] = `${Number(cells[4]) * 2}`)), 'feature c alone'],
    [
      'the answer with noise',
      edited((cells, row) => void (cells[2] = `${Number(cells[4]) + (row % 97) / 96}`)),
      'feature c alone',
    ],
    [
      'the answer turned round',
      edited((cells, row) => void (cells[0] = `${-Number(cells[4]) - (row % 50) / 51}`)),
      'feature a alone',
    ],
  ])('with %s is refused', (_name, csv, reason) => {
    expect(() => check(read(csv))).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(reason) as string }),
    )
  })

  test('with held-out rows that were trained on, in other groups, is refused', () => {
    const copies = edited((cells, row) => void cells.splice(5, 2, `other ${row}`, '200'))
    const csv = `${sampleCsv()}${copies.split('\n').slice(1).join('\n')}`
    expect(() => check(read(csv, { group: 'lead' }, byTime), { split: byTime })).toThrow('may equal a row')
  })
})

describe('one threshold', () => {
  const table = (features: readonly number[], target: readonly number[]): TrainingTable => ({
    rowCount: target.length,
    featureNames: ['x'],
    features: Float64Array.from(features),
    target: Uint8Array.from(target),
    isJudged: new Uint8Array(target.length).fill(1),
    sha256: '',
  })
  const rows = Int32Array.of(0, 1, 2, 3, 4)

  test.each([
    ['above', [1, 2, 3, 4, 5], [0, 0, 1, 1, 1], { threshold: 3, side: 'at least', trainAccuracy: 1, auc: 1 }],
    ['below', [1, 2, 3, 4, 5], [1, 1, 0, 0, 0], { threshold: 3, side: 'below', trainAccuracy: 1, auc: 1 }],
    ['of ties', [2, 2, 2, 4, 4], [0, 1, 0, 1, 1], { threshold: 4, side: 'at least', trainAccuracy: 0.8 }],
    ['of missing values', [NaN, NaN, 1, 2, 2], [0, 0, 0, 1, 1], { threshold: 2, side: 'at least', trainAccuracy: 1 }],
  ])('%s is found', (_name, features, target, expected) => {
    const one = bestThreshold(table(features, target), 0, rows)
    expect(one).toMatchObject(expected)
    expect(thresholdAccuracy(table(features, target), one, rows)).toBe(expected.trainAccuracy)
  })

  test('says yes to all where that is best', () => {
    const one = bestThreshold(table([1, 2, 3, 4, 5], [1, 1, 1, 1, 1]), 0, rows)
    expect(one.trainAccuracy).toBe(1)
    expect(one.auc).toBe(0.5)
  })
})
